import type { PersonParameter } from '#delivery';
import { textOf, type JsonObject, type JsonValue, type SegmentEvent } from '#segment';
import { addToEvery } from './additions.ts';
import { canonicalJson } from './canonical-json.ts';
import type { EventData } from './event-data.ts';
import { IDENTITY_FIELDS, LABELS, PARTNER_EVENT_ID, SPELLINGS } from './extole-fields.ts';
import { applyFieldRule } from './field-rule.ts';
import type { IdentifyPlan, MappedEvent, Mapping } from './mapping.ts';
import { requestBody } from './request-body.ts';
import { WarningList } from './warnings.ts';

/**
 * An identify as Extole's profile event: the seed's field table, and every other trait as a parameter under its own name, unchanged
 * (a null stays a null). Excluding and renaming come first, so that a trait renamed to `email` is the email.
 *
 * Under `via: person-data` those other traits are no part of the event: they are set on the person afterwards.
 *
 * `firstName` and `lastName` become `first_name` and `last_name`; given in both spellings, Extole's wins and the other is not sent.
 */
export function mapIdentify(mapping: Mapping, event: SegmentEvent, data: EventData): MappedEvent {
  const plan = mapping.identify;
  const warnings = new WarningList();
  const traits = keptTraits(event.traits ?? {}, plan, data);
  const seen: SegmentEvent = traits === event.traits ? event : { ...event, traits };

  for (const rule of plan.fields) applyFieldRule(rule, seen, data, 'identity');
  const parameters: PersonParameter[] = [];
  passTraits(traits, event.traits, plan, data, parameters);
  reportShadowed(traits, event.userId, data, warnings);
  addToEvery(data, event.messageId, mapping.additions, warnings);
  return {
    kind: 'request',
    request: { eventName: plan.event, body: requestBody(plan.event, event.timestamp, data) },
    event: plan.event,
    ...(plan.onPerson && { parameters }),
    warnings: warnings.toArray(),
  };
}

/** The traits without the excluded ones and under their new names; a new name replaces a trait that has it already. */
function keptTraits(traits: JsonObject, { excluded, renamed }: IdentifyPlan, data: EventData): JsonObject {
  if (excluded.size === 0 && renamed.size === 0) return traits;
  const kept = Object.create(null) as JsonObject;
  for (const [key, value] of Object.entries(traits)) {
    if (excluded.has(key)) data.omit(`traits.${key}`, 'excluded by identify.parameters.exclude');
    else if (!renamed.has(key)) kept[key] = value;
  }
  for (const [key, name] of renamed) {
    const value = Object.hasOwn(traits, key) ? traits[key] : undefined;
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

const CONSUMED: ReadonlySet<string> = new Set([...IDENTITY_FIELDS, ...SPELLINGS.map(([segment]) => segment)]);

/** Fields of an event with a meaning of their own at Extole: no parameters of a person. */
const EVENT_FIELDS: ReadonlySet<string> = new Set([PARTNER_EVENT_ID, LABELS, 'event_time']);

function passTraits(
  traits: JsonObject,
  original: JsonObject | undefined,
  plan: IdentifyPlan,
  data: EventData,
  parameters: PersonParameter[],
): void {
  const nameBefore = new Map<string, string>();
  for (const [key, name] of plan.renamed) {
    if (original !== undefined && Object.hasOwn(original, key)) nameBefore.set(name, key);
  }
  for (const key of Object.keys(traits)) {
    const value = traits[key];
    if (value === undefined || CONSUMED.has(key)) continue;
    const before = nameBefore.get(key);
    if (plan.onPerson && !EVENT_FIELDS.has(key)) addParameter(key, value, before ?? key, data, parameters);
    else data.set(key, value, before === undefined ? 'trait' : 'renamed trait', before ?? key);
  }
}

/**
 * Names that a path cannot hold: servers and proxies take them for steps in the path, and the call for one of another endpoint; a lone surrogate
 * cannot be encoded at all.
 */
// eslint-disable-next-line no-control-regex
const NO_PATH_SEGMENT = /^\.{0,2}$|[/\\\u0000-\u001f\u007f\ud800-\udfff]/u;

function addParameter(name: string, value: JsonValue, source: string, data: EventData, parameters: PersonParameter[]): void {
  if (value === null) data.omit(`traits.${source}`, 'a parameter of a person cannot be null');
  else if (NO_PATH_SEGMENT.test(name)) data.omit(`traits.${source}`, 'no name of a parameter of a person');
  else parameters.push({ name, value: canonicalJson(value) });
}

/** Two values for one field: one is sent, and whoever looks can see which. */
function reportShadowed(traits: JsonObject, userId: string | undefined, data: EventData, warnings: WarningList): void {
  for (const [segment, extole] of SPELLINGS) {
    if (!isGiven(traits[segment]) || !isGiven(traits[extole]) || traits[segment] === traits[extole]) continue;
    data.omit(`traits.${segment}`, `${extole} is given too`);
    warnings.add('conflicting_spellings');
  }
  const partnerUserId = textOf(traits['partner_user_id']);
  if (partnerUserId === undefined || userId === undefined || partnerUserId === userId) return;
  data.omit('traits.partner_user_id', 'userId is the partner_user_id of an identify');
  warnings.add('partner_user_id_differs');
}

function isGiven(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}
