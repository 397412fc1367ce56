/**
 * What has to hold whatever happens. It follows from the code that leads there, and is asked again where it is relied on: right before a call
 * is decided (`dispatch/calls.ts`), and right before an outcome is (`endings/conclusions.ts`). A broken one is a bug: what relied on it is left
 * undone, and an `invariant-broken` decision tells of it, which the edge counts (`bridge_invariant_violations_total`).
 */
export const INVARIANTS = [
  /** P8: nothing of a partition that was given up is called. */
  'call-of-lost-partition',
  /** P5: nothing is called while the proof that all deletions are known is too old. */
  'call-without-proof',
  /** P3: a lane has one call in flight. */
  'call-beside-another',
  /** P2, P4: what has its outcome is not called any more. */
  'call-of-ended',
  /** P5: no event below its user's deletion is called. */
  'call-below-deletion',
  /** P5: nothing is erased before its notice is in the deletions topic. */
  'erasure-without-notice',
  /** P2: a record ends once. */
  'ended-twice',
  /** P5: a deletion ends by having been carried out, and in no other way. */
  'deletion-given-up',
  /** P2: what is said to be delivered was called. */
  'delivered-without-call',
  /** P4: a delivered event carries what its repeats are known by. */
  'delivered-without-key',
  /** P2: what is said to be erased is below a deletion of its user. */
  'erased-without-deletion',
] as const;
export type Invariant = (typeof INVARIANTS)[number];
