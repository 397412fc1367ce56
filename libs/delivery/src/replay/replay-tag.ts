/** Why a record is here again, although the live log has passed it. */
export interface ReplayTag {
  /** The replay's id. */
  readonly run: string;
  /** Send it although it was delivered. */
  readonly redeliver: boolean;
  /** Its outcome is `delivered`: no lesser one may replace that, or its keys would be forgotten. */
  readonly wasDelivered: boolean;
}
