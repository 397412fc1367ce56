/**
 * The fields of Extole's that are filled from a message's own facts, and where from: the first source that is present wins
 * (wire.md 2.1 and the contract's "Fields sent for a track").
 *
 * The sender's own value comes first wherever the contract allows it. The exception is `partner_user_id` of an identify: there `userId` wins
 * over a trait of that name, because a deletion erases the profile under `userId`, and a profile under another id would survive it.
 */
export type FieldSources = Readonly<Record<string, readonly string[]>>;

export const TRACK_FIELDS: FieldSources = {
  partner_user_id: ['properties.partner_user_id', 'userId'],
  partner_anonymous_id: ['properties.partner_anonymous_id', 'anonymousId'],
  email: ['properties.email', 'context.traits.email'],
  first_name: ['properties.first_name', 'properties.firstName', 'context.traits.first_name', 'context.traits.firstName'],
  last_name: ['properties.last_name', 'properties.lastName', 'context.traits.last_name', 'context.traits.lastName'],
  person_id: ['properties.person_id'],
  extole_consumer_ip: ['properties.extole_consumer_ip', 'context.ip'],
};

export const IDENTIFY_FIELDS: FieldSources = {
  partner_user_id: ['userId', 'traits.partner_user_id'],
  partner_anonymous_id: ['traits.partner_anonymous_id', 'anonymousId'],
  email: ['traits.email'],
  first_name: ['traits.first_name', 'traits.firstName'],
  last_name: ['traits.last_name', 'traits.lastName'],
  person_id: ['traits.person_id'],
  extole_consumer_ip: ['traits.extole_consumer_ip', 'context.ip'],
};

/** The fields by which Extole knows a person. A null or an empty string in one of them counts as absent: it would merge strangers. */
export const IDENTITY_FIELDS: ReadonlySet<string> = new Set(Object.keys(IDENTIFY_FIELDS));

/** Segment's spelling of a trait, and Extole's: the same trait under two names. */
export const SPELLINGS: readonly (readonly [segment: string, extole: string])[] = [
  ['firstName', 'first_name'],
  ['lastName', 'last_name'],
];

/** Always the `messageId` (wire.md 3), whatever an event or a mapping says: byte-stable retries and Extole's duplicate check rest on it. */
export const PARTNER_EVENT_ID = 'partner_event_id';

/** Where `labels`, the programme's label, goes. */
export const LABELS = 'labels';

/** The parameter that carries the event's name under `track.eventName: track`. */
export const EVENT_NAME_PARAMETER = 'event';

/** By which field an event is known again, by mapped name, unless the file says otherwise. */
export const DEFAULT_DEDUP: Readonly<Record<string, string>> = {
  conversion: 'partner_conversion_id',
  registration: 'partner_user_id',
};

/** Documented bound of `partner_conversion_id`, in characters; a longer one is sent as it is, and counted (wire.md 2.1). */
export const PARTNER_CONVERSION_ID_MAX = 38;
