import type { Offset } from '#segment';

/** A record that was read, or whose outcome was: by what stands at its offset a log is known again. */
export interface Witness {
  readonly offset: Offset;
  /** Empty if nothing could be read from it: then it says nothing. */
  readonly messageId: string;
  /** Of a checkpoint, which holds a keyed hash in place of the id: it may be personal (P10). */
  readonly isHashed?: boolean;
}

/** How far an owner may finish ahead of its frontier (P9): an outcome that lies further beyond the end of the log is nobody's of ours. */
export const MAX_LEAD = 10_000_000;

/** What the log holds. */
export interface LogBounds {
  /** The first offset that is still there. */
  readonly start: Offset;
  /** The offset that the next record will get. */
  readonly end: Offset;
}

/** How far we have come in a log, and in the log as it is now. */
export interface LogStanding {
  readonly bounds: LogBounds;
  /** The first offset that is not known to be done with. */
  readonly next: Offset;
  /** Of the offsets from there on that the log has no more: how many have no outcome. */
  readonly missing: number;
  /** The record furthest ahead that is known. */
  readonly witness: Witness | undefined;
  /** What stands at the offset of the witness now, hashed if the witness is; undefined if nothing does, or it was not read since the log has no such offset. */
  readonly standing: Witness | undefined;
}

/** Where in which log we stand. */
export type LogPlace =
  /** In the log that we know, and nothing of it is gone that is not done. */
  | { readonly kind: 'contiguous' }
  /** `missing` records from `from` up to, not including, `to` are gone without an outcome (retention, or somebody deleted records). */
  | { readonly kind: 'hole'; readonly from: Offset; readonly to: Offset; readonly missing: number }
  /** The log ends at `end`, and was known up to, not including, `known`. */
  | { readonly kind: 'shorter'; readonly end: Offset; readonly known: Offset }
  /** Another record stands at `offset`, or none. */
  | { readonly kind: 'another-log'; readonly offset: Offset };

/**
 * Where we stand in a log by what is known of it. P1: what is delivered is known by its offset alone, so that in another log as many new records as the
 * former one had would be taken for done.
 */
export function placeOf({ bounds, next, missing, witness, standing }: LogStanding): LogPlace {
  const { start, end } = bounds;
  const known = Math.max(next, witness === undefined ? 0 : witness.offset + 1) as Offset;
  if (end < known) return { kind: 'shorter', end, known };
  if (witness !== undefined && witness.offset >= start && !isSame(witness, standing))
    return { kind: 'another-log', offset: witness.offset };
  if (missing > 0 && next < start) return { kind: 'hole', from: next, to: start, missing };
  return { kind: 'contiguous' };
}

function isSame(witness: Witness, standing: Witness | undefined): boolean {
  if (standing?.offset !== witness.offset) return false;
  return witness.messageId === '' || standing.messageId === '' || witness.messageId === standing.messageId;
}
