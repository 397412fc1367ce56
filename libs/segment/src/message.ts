import { deletionOf, isDeletion, type Deletion, type RejectedDeletion } from './deletion.ts';
import type { Draft } from './draft.ts';
import { textOf, type DeliveredType, type SegmentEvent } from './event.ts';
import { correctedTime, parseTime } from './event-time.ts';
import { anyCasing, INVALID, readId, readObject, type Fields } from './fields.ts';
import { isJsonObject, wellFormed, type JsonObject, type JsonValue } from './json.ts';
import { limitFault, MESSAGE_ID_LENGTH_LIMIT } from './limits.ts';
import { derivedMessageId } from './message-id.ts';
import { mergedOver, type SharedFields } from './shared-fields.ts';
import { subjectKeyOf, type SubjectKey } from './subject.ts';

/** The types of the Segment spec that this destination does not take. */
export const UNSUPPORTED_TYPES = ['page', 'screen', 'group', 'alias'] as const;
export type UnsupportedType = (typeof UNSUPPORTED_TYPES)[number];
export type MessageType = DeliveredType | UnsupportedType;

/** What a door knows about a message beside its JSON. */
export interface MessageContext {
  /** The source's id. */
  readonly source: string;
  /** The type that the path gives; absent where the message says its own (batch, partner door, webhooks). */
  readonly type?: MessageType;
  /** Milliseconds: when ingest read the request. */
  readonly receivedAt: number;
  /** What the batch says for all of its messages; the message's own fields win. */
  readonly shared?: SharedFields;
  /** `any` at the partner door, where the spelling of field names varies by customer. */
  readonly casing: 'exact' | 'any';
  /** Whose `timestamp` it is: the sender's, to be corrected, or one that Segment has corrected already before it passed it on. */
  readonly clock: 'sender' | 'segment';
  /** Whether the door's key may delete users; a public write key never may. */
  readonly mayDelete: boolean;
}

/** Why a message is refused: a stable code, without a value of it. */
export type RejectReason =
  | RejectedDeletion['reason']
  | 'too_deep'
  | 'too_large'
  | 'missing_type'
  | 'deletion_not_allowed'
  | 'missing_user'
  | 'invalid_anonymous_id'
  | 'invalid_partner_user_id'
  | 'missing_event'
  | 'invalid_message_id'
  | 'message_id_too_long'
  | 'invalid_properties'
  | 'invalid_traits'
  | 'invalid_context'
  | 'invalid_integrations';

export interface AcceptedMessage {
  readonly kind: 'accepted';
  readonly event: SegmentEvent;
  readonly subject: SubjectKey;
}

export interface RejectedMessage {
  readonly kind: 'rejected';
  readonly reason: RejectReason;
}

export interface UnsupportedMessage {
  readonly kind: 'unsupported';
  readonly type: UnsupportedType;
}

export type ParsedMessage = AcceptedMessage | RejectedMessage | UnsupportedMessage | Deletion;

/**
 * Reads one message of any door by the rules of wire.md 1.1 and 1.2. Never throws on parsed JSON, and gives the same result for the
 * same message and context, so that a retry is known by its `messageId`.
 */
export function parseMessage(raw: unknown, context: MessageContext): ParsedMessage {
  if (!isJsonObject(raw)) return rejected('not_an_object');
  const fields: Fields = context.casing === 'any' ? anyCasing(raw) : raw;
  if (context.mayDelete && isDeletion(raw)) return deletionOf(fields);

  // Whatever the path says: its sender believes that somebody is erased.
  if (fields.type === 'delete') return rejected('deletion_not_allowed');
  const type = context.type ?? fields.type;
  if (type === undefined || type === null) return rejected('missing_type');
  if (isUnsupported(type)) return { kind: 'unsupported', type };
  if (type !== 'identify' && type !== 'track') return rejected('unknown_type');
  const fault = limitFault(raw);
  if (fault !== undefined) return rejected(fault);
  return parseEvent(type, fields, context);
}

function parseEvent(type: DeliveredType, fields: Fields, context: MessageContext): AcceptedMessage | RejectedMessage {
  const said = readContent(type, fields, context.shared);
  if (typeof said === 'string') return rejected(said);

  const subject = subjectKeyOf(said);
  if (subject === undefined) return rejected('missing_user');
  // As in readId: a rounded number must not become the key of somebody else.
  if (said.userId === undefined && hasRoundedPartnerId(said)) return rejected('invalid_partner_user_id');

  const times = readTimes(fields, context);
  const messageId = readMessageId(fields.messageId) ?? derivedMessageId([context.source, subject, { ...said }, times.asGiven]);
  if (messageId === INVALID) return rejected('invalid_message_id');
  if (messageId.length >= MESSAGE_ID_LENGTH_LIMIT) return rejected('message_id_too_long');

  const event: Draft<SegmentEvent> = Object.assign(said, {
    messageId,
    timestamp: iso(times.timestamp),
    receivedAt: isoReceivedAt(context.receivedAt),
  });
  if (times.originalTimestamp !== undefined) event.originalTimestamp = times.originalTimestamp;
  if (times.sentAt !== undefined) event.sentAt = isoSentAt(times.sentAt);
  return { kind: 'accepted', event, subject };
}

/** What a message says, apart from its id and its times; everything that counts for its identity. */
type Content = Pick<
  SegmentEvent,
  'type' | 'userId' | 'anonymousId' | 'event' | 'properties' | 'traits' | 'context' | 'integrations'
>;

function readContent(type: DeliveredType, fields: Fields, shared: SharedFields | undefined): Draft<Content> | RejectReason {
  const userId = readId(fields.userId);
  if (userId === INVALID) return 'invalid_user_id';
  const anonymousId = readId(fields.anonymousId);
  if (anonymousId === INVALID) return 'invalid_anonymous_id';
  const properties = readObject(fields.properties);
  if (properties === INVALID) return 'invalid_properties';
  const traits = readObject(fields.traits);
  if (traits === INVALID) return 'invalid_traits';
  const ownContext = readObject(fields.context);
  if (ownContext === INVALID) return 'invalid_context';
  const ownIntegrations = readObject(fields.integrations);
  if (ownIntegrations === INVALID) return 'invalid_integrations';
  const event = type === 'track' ? textOf(fields.event) : undefined;
  if (type === 'track' && event === undefined) return 'missing_event';

  const content: Draft<Content> = { type };
  if (userId !== undefined) content.userId = userId;
  if (anonymousId !== undefined) content.anonymousId = anonymousId;
  if (event !== undefined) content.event = event;
  if (properties !== undefined) content.properties = properties;
  if (traits !== undefined) content.traits = traits;
  const context = mergedOver(shared?.context, ownContext);
  if (context !== undefined) content.context = context;
  const integrations = mergedOver(shared?.integrations, ownIntegrations);
  if (integrations !== undefined) content.integrations = integrations;
  return content;
}

interface EventTimes {
  /** Milliseconds, corrected for the clock skew. */
  readonly timestamp: number;
  readonly originalTimestamp: string | undefined;
  /** Milliseconds. */
  readonly sentAt: number | undefined;
  /** The sender's time, readable or not: of two events that differ in nothing else it makes two. `sentAt` changes on a retry. */
  readonly asGiven: JsonValue;
}

function readTimes(fields: Fields, { receivedAt, shared, clock }: MessageContext): EventTimes {
  const asGiven = fields.originalTimestamp ?? fields.timestamp ?? null;
  const originalTimestamp = parseTime(asGiven);
  const sentAt = parseSentAt(fields.sentAt ?? shared?.sentAt);
  const correctedBySegment = clock === 'segment' ? parseTime(fields.timestamp) : undefined;
  // What Segment passes on was received by Segment, some time before us: the skew is told by its clock, not by ours.
  const received = (clock === 'segment' ? parseTime(fields.receivedAt) : undefined) ?? receivedAt;
  return {
    timestamp: correctedBySegment ?? correctedTime({ originalTimestamp, sentAt, receivedAt: received }),
    originalTimestamp: originalTimestamp !== undefined && typeof asGiven === 'string' ? asGiven : undefined,
    sentAt,
    asGiven,
  };
}

/** Absent if null or empty: an empty id would make repeats of all messages that have one. */
function readMessageId(value: JsonValue | undefined): string | undefined | typeof INVALID {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? wellFormed(value) : INVALID;
}

function hasRoundedPartnerId({ properties, traits }: Content): boolean {
  return [properties, traits].some((object: JsonObject | undefined) => readId(ofNumber(object?.['partner_user_id'])) === INVALID);
}

function ofNumber(value: JsonValue | undefined): JsonValue | undefined {
  return typeof value === 'number' ? value : undefined;
}

function isUnsupported(type: JsonValue): type is UnsupportedType {
  return UNSUPPORTED_TYPES.some((unsupported) => unsupported === type);
}

function rejected(reason: RejectReason): RejectedMessage {
  return { kind: 'rejected', reason };
}

function iso(millis: number): string {
  return new Date(millis).toISOString();
}

// The messages of a batch have these in common.
const isoReceivedAt = rememberingTheLast(iso);
const isoSentAt = rememberingTheLast(iso);
const parseSentAt = rememberingTheLast(parseTime);

/** The same function, which does not compute again what it was asked for last. */
function rememberingTheLast<A, R>(compute: (argument: A) => R): (argument: A) => R {
  let last: { readonly argument: A; readonly result: R } | undefined;
  return (argument) => {
    if (last === undefined || last.argument !== argument) last = { argument, result: compute(argument) };
    return last.result;
  };
}
