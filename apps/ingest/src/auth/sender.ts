import type { SourceSettings } from '#config';

/** Who a request is from, as far as its credentials tell. */
export interface Sender {
  readonly source: SourceSettings;
  /** Names the key or secret, without being it: what is limited per key is counted under it. */
  readonly keyId: string;
}
