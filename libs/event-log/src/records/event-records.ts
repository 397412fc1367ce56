import type { LogRecord } from '#delivery';
import { toOffset, type Draft, type SegmentEvent, type SubjectKey } from '#segment';
import type { EncodedRecord } from './encoded-record.ts';
import { isId, isTime } from './form.ts';
import type { RawRecord } from './raw-record.ts';
import { headerOf, timestampOf, undecodable, type Undecodable } from './record-headers.ts';

/** The version of an event's record. One without it is read as this version, another one is a dead letter. */
const SCHEMA = '1';

/** The facts of a deletion, which its record carries in headers because its value is null. */
export interface Tombstone {
  readonly subject: SubjectKey;
  readonly messageId: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly traceparent?: string;
}

/** The headers of a record of `segment.events.<source>`: enough to decide its turn without parsing its value. */
export interface EventHeaders {
  /** `delete` is a tombstone: its value is null. */
  readonly type: SegmentEvent['type'] | 'delete';
  /** Unique per message; a repeat of it in the log is normal, and one of them is delivered. */
  readonly messageId: string;
  /** ISO 8601: when ingest read the request. */
  readonly receivedAt: string;
  /** The version of the record. */
  readonly schema: '1';
  /** W3C trace context of the request that brought it. */
  readonly traceparent?: string;
}

/** Of a deletion that says no time at all: it is carried out all the same (P5). */
const UNKNOWN_TIME = new Date(0).toISOString();

/** An event as a record of `segment.events.<source>`: key = subject, value = the event's JSON. */
export function encodeEvent(event: SegmentEvent, subject: SubjectKey, traceparent?: string): EncodedRecord {
  return {
    key: subject,
    value: Buffer.from(JSON.stringify(event)),
    headers: headersOf(event.type, event.messageId, event.receivedAt, traceparent),
  };
}

/** A deletion as a record of `segment.events.<source>`: a true tombstone, so that Kafka's own tools know what it is. */
export function encodeTombstone({ subject, messageId, receivedAt, traceparent }: Tombstone): EncodedRecord {
  return { key: subject, value: null, headers: headersOf('delete', messageId, receivedAt, traceparent) };
}

function headersOf(
  type: EventHeaders['type'],
  messageId: string,
  receivedAt: string,
  traceparent: string | undefined,
): EventHeaders & Record<string, string> {
  const headers: Draft<EventHeaders> & Record<string, string> = { type, messageId, receivedAt, schema: SCHEMA };
  if (traceparent !== undefined) headers.traceparent = traceparent;
  return headers;
}

/**
 * A record of `segment.events.<source>`, decoded no further than its key and headers. Never throws: what cannot be understood is a value
 * that says why, since the log may hold what another program wrote.
 *
 * A null value is a deletion whatever its headers say: of two ways to be wrong about it, keeping a deleted user's data is the worse (P5).
 */
export function decodeLogRecord(message: RawRecord): LogRecord | Undecodable {
  if (message.key === null || message.key.length === 0) return undecodable(message, 'it has no key');
  const schema = headerOf(message, 'schema') ?? SCHEMA;
  if (message.value !== null && schema !== SCHEMA) return undecodable(message, 'its schema is not known to this version');
  const type = message.value === null ? 'delete' : headerOf(message, 'type');
  if (type !== 'identify' && type !== 'track' && type !== 'delete') return undecodable(message, 'its type is missing or unknown');
  if (type === 'delete' && message.value !== null) return undecodable(message, 'it is a deletion with a value');
  // A tombstone that another tool wrote has no messageId; its place in the log is as unique.
  const given = headerOf(message, 'messageId');
  const messageId = isId(given) ? given : type === 'delete' ? `offset-${message.offset}` : undefined;
  if (messageId === undefined) return undecodable(message, 'its messageId is missing or too long');
  const said = headerOf(message, 'receivedAt');
  const receivedAt = isTime(said) ? said : (timestampOf(message) ?? (type === 'delete' ? UNKNOWN_TIME : undefined));
  if (receivedAt === undefined) return undecodable(message, 'its receivedAt is missing');
  const traceparent = headerOf(message, 'traceparent');
  const record: Draft<LogRecord> = {
    offset: toOffset(message.offset),
    subject: message.key.toString() as SubjectKey,
    type,
    value: message.value,
    messageId,
    receivedAt,
  };
  if (traceparent !== undefined) record.traceparent = traceparent;
  return record;
}
