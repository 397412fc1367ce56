export interface ErasureRequest {
  readonly partnerUserId: string;
  /** Our deletion id; never personal data (wire.md 2.2). */
  readonly note: string;
}

/** The JSON text of `POST /v4/erasures`: equal for equal requests, on every attempt. */
export function erasureBody({ partnerUserId, note }: ErasureRequest): string {
  return JSON.stringify({ partner_user_id: partnerUserId, note });
}
