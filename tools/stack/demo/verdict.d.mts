export interface Received {
  readonly eventName?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly erasure?: boolean;
}

export interface Step {
  readonly call: 'identify' | 'track' | 'delete';
  readonly event?: string;
  readonly outcome: string;
  readonly received?: Received;
}

export interface StepOutcome {
  readonly outcome: string;
  readonly status?: number;
  readonly code?: string;
  readonly detail?: string;
}

/** What did not come out as documented in a case, as sentences; empty when all did. */
export declare function faultsOf(seen: {
  readonly results: readonly { readonly step: Step; readonly outcome: StepOutcome | undefined }[];
  readonly received: readonly Received[];
}): string[];
