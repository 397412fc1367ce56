export interface WaitOptions {
  /** Default 30,000. */
  readonly timeoutMs?: number;
  /** Default 100. */
  readonly intervalMs?: number;
  /** What is waited for: it is in the error when the wait was in vain. */
  readonly describe?: string | (() => string);
  /** Its rejection ends the wait early, with its error. */
  readonly until?: Promise<unknown>;
  readonly signal?: AbortSignal;
}

/** Waits until `condition` returns something truthy, and returns that. An error thrown by the condition counts as "not yet". */
export declare function waitFor<T>(
  condition: () => T | Promise<T>,
  options?: WaitOptions,
): Promise<Exclude<T, false | undefined | null | 0 | ''>>;
