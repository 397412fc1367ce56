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
