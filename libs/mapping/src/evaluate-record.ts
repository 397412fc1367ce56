import type { CallEvaluation, Evaluate, LogRecord } from '#delivery';
import { asEvent, isSwitchedOff, type Draft, type SegmentEvent, type SubjectHasher } from '#segment';
import { mapEvent } from './map-event.ts';
import type { Mapping } from './mapping.ts';

/**
 * What is to be done with a record of the events topic: decode, ask `integrations`, map, and hash the keys. Pure: the same record
 * and mapping give the same request, byte for byte, on every attempt and in every process.
 */
export function createEvaluate(mapping: Mapping, hasher: SubjectHasher): Evaluate {
  return (record, subject = hasher.subject(record.subject)) => {
    const event = decodeEvent(record);
    if (event === undefined) return { kind: 'undeliverable', code: 'undecodable_record' };
    if (isSwitchedOff(event.integrations)) return { kind: 'filtered', reason: 'switched_off' };

    const mapped = mapEvent(mapping, event);
    if (mapped.kind === 'filtered') return { kind: 'filtered', reason: mapped.reason };

    const call: Draft<CallEvaluation> = {
      kind: 'call',
      event: mapped.event,
      body: mapped.request.body,
      messageKey: hasher.dedupKey(subject, 'message', record.messageId),
    };
    if (mapped.parameters !== undefined) call.parameters = mapped.parameters;
    if (mapped.dedup !== undefined) call.dedupKey = hasher.dedupKey(subject, `event:${mapped.dedup.kind}`, mapped.dedup.key);
    return call;
  };
}

/** The event that ingest wrote; undefined if the value is not one (another writer, a broken record). */
function decodeEvent(record: LogRecord): SegmentEvent | undefined {
  if (record.value === null) return undefined;
  let event: SegmentEvent | undefined;
  try {
    event = asEvent(JSON.parse(record.value.toString('utf8')));
  } catch {
    // A poison record becomes a dead letter of its own; it must not stop the partition.
    return undefined;
  }
  return event?.messageId === record.messageId && event.type === record.type ? event : undefined;
}
