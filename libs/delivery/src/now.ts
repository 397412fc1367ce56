/** Milliseconds, as a duration or on some clock. */
export type Millis = number;

/** The two clocks of one moment, read together at the edge and passed in: the core has no clock of its own. */
export interface Now {
  /** Never steps; for everything that waits or expires within a process: backoff, leases, the deletion bound. */
  readonly monotonicMs: Millis;
  /** Epoch milliseconds; for what is written down for people. Nothing is decided by it: it may be wrong (docs/adr/0013). */
  readonly wallMs: Millis;
}
