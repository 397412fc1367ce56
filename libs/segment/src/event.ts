import { MAX_EVENT_BYTES } from './limits.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** The message types that this destination delivers (wire.md 1.2); every other type is counted and not written to the log. */
export type DeliveredType = 'identify' | 'track';

/**
 * A Segment message as the log holds it: validated, complete, and independent of the door by which it came in.
 * It is the JSON value of a record in `segment.events.<source>`.
 */
export interface SegmentEvent {
  readonly type: DeliveredType;
  /** Unique per message; Segment's own, or a UUIDv5 of source, type, user and body where the sender gave none. */
  readonly messageId: string;
  readonly userId?: string;
  readonly anonymousId?: string;
  /** The event's name; present for `track` only. */
  readonly event?: string;
  readonly properties?: JsonObject;
  readonly traits?: JsonObject;
  readonly context?: JsonObject;
  readonly integrations?: JsonObject;
  /** ISO 8601, UTC: when it happened, corrected for the sender's clock skew: receivedAt - (sentAt - originalTimestamp). */
  readonly timestamp: string;
  /** ISO 8601 as the sender gave it, where it did. */
  readonly originalTimestamp?: string;
  readonly sentAt?: string;
  /** ISO 8601: when ingest read the request. */
  readonly receivedAt: string;
}

const TEXTS = ['messageId', 'userId', 'anonymousId', 'event', 'timestamp', 'originalTimestamp', 'sentAt', 'receivedAt'] as const;
const OBJECTS = ['properties', 'traits', 'context', 'integrations'] as const;

/**
 * The event that a record's value is, if it has the form of one: the log may hold what another program wrote. A null counts as absent, which is how many
 * write it.
 */
export function asEvent(value: unknown): SegmentEvent | undefined {
  if (!isJsonObject(value) || (value['type'] !== 'identify' && value['type'] !== 'track')) return undefined;
  let hasNull = false;
  for (const name of TEXTS) {
    const text = ownOf(value, name);
    if (text === null) hasNull = true;
    else if (text !== undefined && (typeof text !== 'string' || text.length > MAX_EVENT_BYTES)) return undefined;
  }
  for (const name of OBJECTS) {
    const object = ownOf(value, name);
    if (object === null) hasNull = true;
    else if (object !== undefined && !isJsonObject(object)) return undefined;
  }
  return (hasNull
    ? Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null))
    : value) as unknown as SegmentEvent;
}

function ownOf(value: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** A string property, or undefined if it is absent, empty or of another type. A number becomes its decimal form (ids are often sent so). */
export function textOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return undefined;
}
