import type { JsonValue, SegmentEvent } from '#segment';
import type { EventData, FieldOrigin } from './event-data.ts';
import { IDENTITY_FIELDS } from './extole-fields.ts';
import type { SourcePath } from './source-path.ts';

/** A target field and where it comes from, compiled; the first source that is present wins. */
export interface FieldRule {
  readonly field: string;
  readonly sources: readonly SourcePath[];
  readonly identity: boolean;
}

export function fieldRule(field: string, sources: readonly SourcePath[]): FieldRule {
  return { field, sources, identity: IDENTITY_FIELDS.has(field) };
}

/** Sets the rule's field from its first present source; changes nothing if none is present: absent stays absent. */
export function applyFieldRule(rule: FieldRule, event: SegmentEvent, data: EventData, origin: FieldOrigin): void {
  for (const source of rule.sources) {
    const value = source.read(event);
    if (!isPresent(value) || (value === '' && rule.identity)) continue;
    data.set(rule.field, value, origin, source.text);
    return;
  }
}

function isPresent(value: JsonValue | undefined): value is Exclude<JsonValue, null> {
  return value !== undefined && value !== null;
}
