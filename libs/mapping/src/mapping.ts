import type { PersonParameter } from '#delivery';
import type { JsonValue } from '#segment';
import type { FieldRule } from './field-rule.ts';

/** A mapping file, compiled once. Opaque to its users but for the version: `mapEvent` and `explainMapping` take it. */
export interface Mapping {
  /**
   * Stamped on every outcome, part of the identity of what was sent: `default` without a file, else `<version>.<8 hex digits>` of the
   * content (with the configured labels and the presets), so that an edit without a new version number still shows.
   */
  readonly version: string;
  readonly track: TrackPlan;
  readonly identify: IdentifyPlan;
  /** What is added to every request. */
  readonly additions: Additions;
}

export interface TrackPlan {
  /** By the Segment event's exact name. A Map: an event named `toString` must find nothing but its own entry. */
  readonly events: ReadonlyMap<string, EventPlan>;
  readonly unlisted: 'pass' | 'drop';
  /** `track.eventName: track`: every event goes as `track`, its mapped name as the parameter `event`. */
  readonly asTrack: boolean;
  readonly fields: readonly FieldRule[];
  /** Event name, mapped or original: the field by which the event is known again. */
  readonly dedup: ReadonlyMap<string, string>;
}

/** What happens to the events of one name. `decidedBy` is the entry of the file that says so, for `explain`. */
export type EventPlan = { readonly kind: 'drop'; readonly decidedBy: string } | SentEventPlan;

export interface SentEventPlan {
  readonly kind: 'send';
  /** The mapped name. */
  readonly name: string;
  readonly fields: readonly FieldRule[];
  readonly decidedBy: string;
}

export interface IdentifyPlan {
  readonly event: string;
  readonly fields: readonly FieldRule[];
  readonly excluded: ReadonlySet<string>;
  /** Trait: its new name. */
  readonly renamed: ReadonlyMap<string, string>;
  /** `via: person-data`: parameters are set on the person after the event, instead of going in its data. */
  readonly onPerson: boolean;
}

export interface Additions {
  readonly labels?: string;
  readonly constants: readonly (readonly [field: string, value: JsonValue])[];
}

/** What is sent to Extole for an event, or why nothing is. */
export type MappedEvent = MappedRequest | FilteredEvent;

export interface MappedRequest {
  readonly kind: 'request';
  readonly request: ExtoleRequest;
  /** The mapped event name; differs from `request.eventName` only under `track.eventName: track`. */
  readonly event: string;
  /** The partner's own key of the event, where it has one; `messageId` is a key of every event besides. */
  readonly dedup?: PartnerKey;
  /** Of an identify under `via: person-data`: set on the person, as PUBLIC, after the event, which goes synchronously. */
  readonly parameters?: readonly PersonParameter[];
  readonly warnings: readonly MappingWarning[];
}

export interface ExtoleRequest {
  /** The body's `event_name`. */
  readonly eventName: string;
  /** The exact JSON text to post: equal for equal event and mapping. */
  readonly body: string;
}

export interface PartnerKey {
  /** The mapped event name: the scope of the key, beside the subject. */
  readonly kind: string;
  readonly key: string;
}

export interface FilteredEvent {
  readonly kind: 'filtered';
  /** `dropped_by_mapping`: switched off by name; `dropped_by_default`: not listed under `default: drop`; `event_name_missing`: a track without a name. */
  readonly reason: 'dropped_by_mapping' | 'dropped_by_default' | 'event_name_missing';
}

export type MappingWarningCode =
  | 'partner_conversion_id_too_long'
  | 'conversion_without_identity'
  | 'partner_key_missing'
  | 'partner_user_id_differs'
  | 'conflicting_spellings'
  | 'reserved_field_replaced';

/** Something that is sent as the rules say, yet may not do what its sender hopes. The message holds nothing of the event. */
export interface MappingWarning {
  readonly code: MappingWarningCode;
  readonly message: string;
}
