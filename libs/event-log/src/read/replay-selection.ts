import { replayFate, type KnownOutcome, type LogRecord, type ReplayRequest, type ReplayResult, type ReplayTag } from '#delivery';
import { isJsonObject, textOf, type SubjectHasher } from '#segment';
import { decodeLogRecord } from '../records/event-records.ts';
import type { RawRecord } from '../records/raw-record.ts';
import { isUndecodable } from '../records/record-headers.ts';
import { standInFor } from '../records/stand-in-record.ts';

/**
 * What a replay does with a record that it meets.
 *
 * - `ignored`: it is not about it.
 * - `ended`: it is about it, and there is nothing to hand over.
 * - `replayed`: it goes to the partition's driver.
 */
export type ReplayChoice =
  | { readonly kind: 'ignored' }
  | { readonly kind: 'ended'; readonly result: ReplayResult }
  | { readonly kind: 'replayed'; readonly record: LogRecord; readonly tag: ReplayTag };

const IGNORED: ReplayChoice = { kind: 'ignored' };

export interface ReplaySelectionOptions {
  readonly request: Pick<ReplayRequest, 'run' | 'filter' | 'redeliver'>;
  readonly hasher: SubjectHasher;
  /** `DEDUP_WINDOW`: outcomes older than this may be gone, so that what has none may have been delivered. */
  readonly dedupWindowMs: number;
}

/** Which records of the events topic a replay takes. Pure; the owners of the partitions and a dry run ask it the same questions. */
export class ReplaySelection {
  constructor(private readonly options: ReplaySelectionOptions) {}

  /** @param outcome the record's last one, if it has one */
  choose(message: RawRecord, outcome: KnownOutcome | undefined, wallMs: number): ReplayChoice {
    const { request, hasher, dedupWindowMs } = this.options;
    // A former owner of the partition got this far before it could say so; with `redeliver` it would be sent once more (P4).
    if (outcome?.ofThisRun === true) return { kind: 'ended', result: outcome.name };

    const decoded = decodeLogRecord(message);
    const record = isUndecodable(decoded) ? standInFor(message) : decoded;
    const fate = replayFate(request, {
      subject: hasher.subject(record.subject),
      type: record.type,
      event: this.eventNameOf(record),
      outcome,
    });
    if (fate === 'ignored') return IGNORED;
    if (fate === 'erased') return { kind: 'ended', result: fate };
    // Its outcome may have left the dedup window: without `redeliver` the doubt speaks against sending it.
    const isOutsideWindow = outcome === undefined && wallMs - Date.parse(record.receivedAt) > dedupWindowMs;
    if (isOutsideWindow && !request.redeliver) return { kind: 'ended', result: 'skipped' };
    const { run, redeliver } = request;
    return { kind: 'replayed', record, tag: { run, redeliver, wasDelivered: outcome?.name === 'delivered' } };
  }

  /** Segment's name of a track, parsed only if the replay asks for one: most do not, and parsing is what a scan costs. */
  private eventNameOf({ type, value }: LogRecord): string | undefined {
    if (this.options.request.filter.event === undefined || type !== 'track' || value === null) return undefined;
    try {
      const event: unknown = JSON.parse(value.toString('utf8'));
      return isJsonObject(event) ? textOf(event['event']) : undefined;
    } catch {
      // Undecodable: it has no name, and matches none.
      return undefined;
    }
  }
}
