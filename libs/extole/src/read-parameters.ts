import type { StoredParameter } from '#delivery';
import { canonicalJson } from '#mapping';

/**
 * What a person has, from the answer to `GET /v5/persons/{person_id}/data`: an object of parameters by name. An entry of another shape counts as
 * absent: it is then written, which never does harm.
 */
export function readParameters(text: string): ReadonlyMap<string, StoredParameter> {
  const found = new Map<string, StoredParameter>();
  for (const [name, entry] of Object.entries(JSON.parse(text) as Record<string, unknown>)) {
    if (typeof entry !== 'object' || entry === null) continue;
    const { value, scope } = entry as { value?: unknown; scope?: unknown };
    if (typeof scope === 'string') found.set(name, { value: canonicalJson(value), scope });
  }
  return found;
}
