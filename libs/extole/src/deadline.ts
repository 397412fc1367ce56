const REASONS = {
  CALL_TIMEOUT: 'the call took longer than its timeout',
  CALL_ABORTED: 'the call was aborted by its caller',
  CALL_NOT_SENT: 'the call could no longer be sent when its turn came',
} as const;

/** Why a call was given up. */
export class CallGivenUp extends Error {
  constructor(readonly code: keyof typeof REASONS) {
    super(REASONS[code]);
    this.name = 'CallGivenUp';
  }
}

/**
 * The bound of one call: a signal that fires after `timeoutMs`, or when the caller's own signal does.
 * One clock for connection, headers and body, because undici's own timeouts start anew with every byte: a trickle would never end.
 * `clear` must be called when the call is over.
 */
export function startDeadline(timeoutMs: number, caller?: AbortSignal): { signal: AbortSignal; clear: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new CallGivenUp('CALL_TIMEOUT')), timeoutMs);
  const onAbort = () => controller.abort(new CallGivenUp('CALL_ABORTED'));
  if (caller?.aborted === true) onAbort();
  caller?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      caller?.removeEventListener('abort', onAbort);
    },
  };
}
