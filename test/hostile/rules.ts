import type { ValueKind } from './values.ts';

/** What the doors do with a message: kept in the log, refused, or refused in a way that its door tells apart. */
export type Fate = 'kept' | 'refused' | 'too-large' | 'unknown-type' | 'no-type';

const ANY: readonly ValueKind[] = [
  ...(['null', 'boolean', 'number', 'rounded-number', 'infinite-number', 'text', 'long-text', 'empty-text'] as const),
  ...(['array', 'empty-array', 'object'] as const),
];
const OBJECT: readonly ValueKind[] = ['object', 'null', 'empty-array'];

/** Which kinds of value each field may have in a track event that is complete but for it. */
const KEPT_KINDS: ReadonlyMap<string, readonly ValueKind[]> = new Map<string, readonly ValueKind[]>([
  ['userId', ['text', 'long-text', 'number']],
  ['anonymousId', ['text', 'long-text', 'number', 'null', 'empty-text']],
  ['messageId', ['text', 'null', 'empty-text']],
  ['event', ['text', 'long-text', 'number', 'rounded-number']],
  ['properties', OBJECT],
  ['traits', OBJECT],
  ['context', OBJECT],
  ['integrations', OBJECT],
  ['timestamp', ANY],
  ['originalTimestamp', ANY],
  ['sentAt', ANY],
  ['receivedAt', ANY],
  ['writeKey', ANY],
  ['channel', ANY],
  ['__proto__', ANY],
  ['constructor', ANY],
]);

export const EVENT_FIELDS: readonly string[] = [...KEPT_KINDS.keys()];

/** The fate of a track event whose `field` has a value of `kind`. */
export function eventFate(field: string, kind: ValueKind): Fate {
  if (kind === 'too-deep') return 'refused';
  if (kind === 'too-large') return 'too-large';
  return KEPT_KINDS.get(field)?.includes(kind) === true ? 'kept' : 'refused';
}

/** The fate of a message whose `type` has such a value; none of the corpus is a type. */
export function typeFate(kind: ValueKind): Fate {
  return kind === 'null' ? 'no-type' : 'unknown-type';
}

/** The fate of an event without a user but for an anonymous id and a `partner_user_id` of such a value. */
export function partnerIdFate(kind: ValueKind): Fate {
  if (kind === 'too-deep') return 'refused';
  if (kind === 'too-large') return 'too-large';
  return kind === 'rounded-number' || kind === 'infinite-number' ? 'refused' : 'kept';
}

/** Whether a deletion with such a `userId` is one; every other field of a deletion may have any shape. */
export function mayBeDeleted(kind: ValueKind): boolean {
  return kind === 'text' || kind === 'long-text' || kind === 'number';
}
