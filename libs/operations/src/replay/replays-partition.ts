/** The replays topic has one partition. */
export const REPLAYS_PARTITION = 0;
