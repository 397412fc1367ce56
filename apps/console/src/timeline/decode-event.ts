import type { LogRecord } from '#delivery';
import { isJsonObject, type JsonObject, type SegmentEvent } from '#segment';

/** The Segment message in a record's value, as JSON; undefined for a deletion, and for what is no JSON object. */
export function messageOf({ value }: LogRecord): JsonObject | undefined {
  if (value === null) return undefined;
  try {
    const message: unknown = JSON.parse(value.toString('utf8'));
    return isJsonObject(message) ? message : undefined;
  } catch {
    // Another program wrote it.
    return undefined;
  }
}

/** The same as the event that ingest wrote; undefined if it is none. */
export function decodeEvent(record: LogRecord): SegmentEvent | undefined {
  const message = messageOf(record);
  const isOurs = message !== undefined && (message['type'] === 'identify' || message['type'] === 'track');
  return isOurs ? (message as unknown as SegmentEvent) : undefined;
}
