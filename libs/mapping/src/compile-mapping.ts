import type { EventRule } from './event-rule.ts';
import { DEFAULT_DEDUP, IDENTIFY_FIELDS, LABELS, SPELLINGS, TRACK_FIELDS, type FieldSources } from './extole-fields.ts';
import { FaultList } from './faults.ts';
import { fieldRule, type FieldRule } from './field-rule.ts';
import type { Additions, EventPlan, IdentifyPlan, Mapping, TrackPlan } from './mapping.ts';
import { mappingVersion } from './mapping-version.ts';
import { PRESETS } from './presets.ts';
import { readMappingFile, type MappingRules } from './read-mapping-file.ts';
import { compileSourcePath } from './source-path.ts';

export interface MappingOptions {
  /** The programme's label from the source's settings; `constants.labels` of the file, being closer to the events, wins over it. */
  readonly labels?: string;
}

/**
 * Compiles a parsed mapping file, once, into what `mapEvent` runs on.
 *
 * @param config the file's content as parsed from YAML or JSON; undefined for the default mapping.
 * @throws MappingError listing everything that is wrong in the file, each with its path.
 */
export function compileMapping(config: unknown, options: MappingOptions = {}): Mapping {
  const faults = new FaultList();
  const rules = readMappingFile(config === undefined ? {} : config, faults);
  faults.throwIfAny();
  return {
    version: mappingVersion(
      config === undefined ? undefined : { number: rules.version, content: config },
      rules.presets,
      options.labels,
    ),
    track: trackPlan(rules),
    identify: identifyPlan(rules),
    additions: additions(rules, options),
  };
}

function trackPlan({ track, dedup, presets }: MappingRules): TrackPlan {
  const events = new Map<string, EventPlan>();
  for (const preset of presets) {
    for (const [name, rule] of Object.entries(PRESETS.get(preset) ?? {}))
      events.set(name, eventPlan(name, rule, `presets.${preset}.${name}`));
  }
  // After the presets: the file's own entry for an event replaces a preset's.
  for (const [name, rule] of track.events) events.set(name, eventPlan(name, rule, `track.events.${name}`));
  return {
    events,
    unlisted: track.default,
    asTrack: track.eventName === 'track',
    fields: fieldRules(TRACK_FIELDS),
    dedup: new Map([...Object.entries(DEFAULT_DEDUP), ...dedup]),
  };
}

function eventPlan(name: string, rule: EventRule | false, decidedBy: string): EventPlan {
  if (rule === false) return { kind: 'drop', decidedBy };
  return { kind: 'send', name: rule.as ?? name, fields: fieldRules(rule.data ?? {}), decidedBy };
}

function identifyPlan({ identify }: MappingRules): IdentifyPlan {
  return {
    event: identify.event,
    fields: fieldRules(IDENTIFY_FIELDS),
    excluded: new Set(identify.exclude.flatMap(bothSpellings)),
    renamed: identify.rename,
    onPerson: identify.via === 'person-data',
  };
}

/** Excluding `first_name` excludes `firstName` too: who lists one of them does not want the name sent. */
function bothSpellings(trait: string): readonly string[] {
  return SPELLINGS.find((spellings) => spellings.includes(trait)) ?? [trait];
}

function additions({ constants }: MappingRules, options: MappingOptions): Additions {
  const ownLabels = constants.get(LABELS);
  const labels = typeof ownLabels === 'string' ? ownLabels : options.labels;
  return {
    ...(labels === undefined || labels === '' ? {} : { labels }),
    constants: [...constants].filter(([field]) => field !== LABELS),
  };
}

function fieldRules(fields: FieldSources): FieldRule[] {
  return Object.entries(fields).map(([field, sources]) =>
    fieldRule(
      field,
      sources.map(compileSourcePath).filter((path) => path !== undefined),
    ),
  );
}
