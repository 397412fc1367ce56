import type { LogRecord } from '#delivery';
import { asEvent, isJsonObject, limitFault, type JsonObject, type SegmentEvent } from '#segment';

/** The Segment message in a record's value, as JSON; undefined for a deletion, and for what is no JSON object. */
export function messageOf({ value }: LogRecord): JsonObject | undefined {
  if (value === null) return undefined;
  try {
    const message: unknown = JSON.parse(value.toString('utf8'));
    // Ingest takes nothing so deep: whatever masks it or shows it is recursive.
    return isJsonObject(message) && limitFault(message) !== 'too_deep' ? message : undefined;
  } catch {
    // Another program wrote it.
    return undefined;
  }
}

/** The same as the event that ingest wrote; undefined if it is none. */
export function decodeEvent(record: LogRecord): SegmentEvent | undefined {
  return asEvent(messageOf(record));
}
