import { isJsonObject, type JsonObject } from './json.ts';

/** The names by which `integrations` may speak of us; case sensitive, as everywhere in Segment (wire.md 1.1). */
const OUR_NAMES = ['Extole Platform', 'Extole'] as const;

/**
 * Whether the sender has switched this destination off for an event: our name is `false`, or `All` is `false` and our name is
 * neither `true` nor an object. The event is written to the log all the same; the forwarder records it as `filtered`.
 */
export function isSwitchedOff(integrations: JsonObject | undefined): boolean {
  if (integrations === undefined) return false;
  const ours = OUR_NAMES.filter((name) => Object.hasOwn(integrations, name)).map((name) => integrations[name]);
  if (ours.includes(false)) return true;
  const isNamed = ours.some((value) => value === true || isJsonObject(value));
  return integrations['All'] === false && !isNamed;
}
