import { textOf, type Draft, type JsonObject, type JsonValue, type SegmentEvent } from '#segment';
import { addToEvery } from './additions.ts';
import type { EventData } from './event-data.ts';
import { EVENT_NAME_PARAMETER, IDENTITY_FIELDS } from './extole-fields.ts';
import { applyFieldRule } from './field-rule.ts';
import type { FilteredEvent, MappedEvent, Mapping, PartnerKey, SentEventPlan, TrackPlan } from './mapping.ts';
import { requestBody } from './request-body.ts';
import { warnAboutConversion, WarningList } from './warnings.ts';

/**
 * A track as Extole's event (contract, "Fields sent for a track"): every property unchanged, plus the identity fields.
 *
 * A null that the sender wrote in a property stays a null; in an identity field a null or an empty string counts as absent.
 * The fields of a `data:` rule come last and win over a property of the same name: they are the customer's explicit word.
 */
export function mapTrack(mapping: Mapping, event: SegmentEvent, data: EventData): MappedEvent {
  const plan = planOf(mapping.track, event.event);
  if (plan.kind === 'filtered') return plan;

  const warnings = new WarningList();
  for (const rule of mapping.track.fields) applyFieldRule(rule, event, data, 'identity');
  passProperties(event.properties ?? {}, data);
  addToEvery(data, event.messageId, mapping.additions, warnings);
  if (mapping.track.asTrack) addEventName(plan.name, data, warnings);
  for (const rule of plan.fields) applyFieldRule(rule, event, data, 'mapped field');

  if (differs(event.properties?.['partner_user_id'], event.userId)) warnings.add('partner_user_id_differs');
  warnAboutConversion(plan.name, data, warnings);
  const dedup = partnerKeyOf(mapping.track, plan.name, event.event, data, warnings);
  const eventName = mapping.track.asTrack ? 'track' : plan.name;
  const mapped: Draft<Extract<MappedEvent, { kind: 'request' }>> = {
    kind: 'request',
    request: { eventName, body: requestBody(eventName, event.timestamp, data) },
    event: plan.name,
    warnings: warnings.toArray(),
  };
  if (dedup !== undefined) mapped.dedup = dedup;
  return mapped;
}

/** What the mapping says about an event of this name. */
export function planOf(track: TrackPlan, name: string | undefined): SentEventPlan | FilteredEvent {
  if (name === undefined || name === '') return { kind: 'filtered', reason: 'event_name_missing' };
  const listed = track.events.get(name);
  if (listed?.kind === 'send') return listed;
  if (listed?.kind === 'drop') return { kind: 'filtered', reason: 'dropped_by_mapping' };
  if (track.unlisted === 'drop') return { kind: 'filtered', reason: 'dropped_by_default' };
  return { kind: 'send', name, fields: [], decidedBy: 'track.default' };
}

function passProperties(properties: JsonObject, data: EventData): void {
  for (const key of Object.keys(properties)) {
    const value = properties[key];
    // Identity fields were set before, from here or from their fallbacks.
    if (value !== undefined && !IDENTITY_FIELDS.has(key)) data.set(key, value, 'property', key);
  }
}

function addEventName(name: string, data: EventData, warnings: WarningList): void {
  if (data.has(EVENT_NAME_PARAMETER)) warnings.add('reserved_field_replaced');
  data.set(EVENT_NAME_PARAMETER, name, 'event name', 'event');
}

/** Looked up by the mapped name, then by the original one: a file may use either. */
function partnerKeyOf(
  track: TrackPlan,
  name: string,
  original: string | undefined,
  data: EventData,
  warnings: WarningList,
): PartnerKey | undefined {
  const field = track.dedup.get(name) ?? (original === undefined ? undefined : track.dedup.get(original));
  if (field === undefined || field === 'messageId') return undefined;
  const key = textOf(data.get(field));
  if (key !== undefined) return { kind: name, key };
  warnings.add('partner_key_missing');
  return undefined;
}

function differs(property: JsonValue | undefined, userId: string | undefined): boolean {
  const own = textOf(property);
  return own !== undefined && userId !== undefined && own !== userId;
}
