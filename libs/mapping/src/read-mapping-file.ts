import { isJsonObject, type JsonValue } from '#segment';
import { didYouMean } from './did-you-mean.ts';
import type { EventRule } from './event-rule.ts';
import { IDENTITY_FIELDS, LABELS, PARTNER_EVENT_ID } from './extole-fields.ts';
import type { FaultList } from './faults.ts';
import { EventSection, IdentifySection, MappingFile, ParametersSection, TrackSection } from './mapping-file.ts';
import { PRESETS } from './presets.ts';
import { readSection } from './read-section.ts';
import { compileSourcePath, SOURCE_PATH_FORMS, SOURCE_ROOTS } from './source-path.ts';

/** A mapping file, read and valid, with every default filled in; maps in code-unit order of their keys. */
export interface MappingRules {
  readonly version: number;
  readonly track: {
    readonly default: 'pass' | 'drop';
    readonly eventName: 'name' | 'track';
    readonly events: ReadonlyMap<string, EventRule | false>;
  };
  readonly identify: {
    readonly event: string;
    readonly exclude: readonly string[];
    readonly rename: ReadonlyMap<string, string>;
    readonly via: 'event-data' | 'person-data';
  };
  readonly dedup: ReadonlyMap<string, string>;
  readonly presets: readonly string[];
  readonly constants: ReadonlyMap<string, JsonValue>;
}

/** Reads a parsed mapping file to its end; what is wrong goes to `faults`, and the result is usable only if there are none. */
export function readMappingFile(config: unknown, faults: FaultList): MappingRules {
  if (!isJsonObject(config))
    faults.add(config === null ? 'the file is empty' : 'expected keys and values at the top of the file');
  const file = readSection(MappingFile, config, faults);
  const track = readSection(TrackSection, file.track, faults.at('track'));
  const identify = readSection(IdentifySection, file.identify, faults.at('identify'));
  return {
    version: file.version ?? 1,
    track: {
      default: track.default ?? 'pass',
      eventName: track.eventName ?? 'name',
      events: readMap(track.events, faults.at('track').at('events'), readEvent),
    },
    identify: {
      event: identify.event ?? 'identify',
      ...readParameters(identify.parameters, faults.at('identify').at('parameters')),
    },
    dedup: readMap(file.dedup, faults.at('dedup'), (value, at) => readName(value, at, 'expected the name of the field')),
    presets: readPresets(file.presets ?? [], faults.at('presets')),
    constants: readMap(file.constants, faults.at('constants'), readConstant),
  };
}

/** A map with the customer's own keys. Sorted, so that the order in the file changes neither the bytes sent nor the version. */
function readMap<T>(
  value: unknown,
  faults: FaultList,
  read: (value: JsonValue, at: FaultList, key: string) => T | undefined,
): Map<string, T> {
  const map = new Map<string, T>();
  const entries = isJsonObject(value) ? Object.entries(value) : [];
  for (const [key, member] of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (key === '') faults.add('an empty name');
    const result = read(member, faults.at(key), key);
    if (result !== undefined) map.set(key, result);
  }
  return map;
}

function readName(value: JsonValue, faults: FaultList, message: string): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  faults.add(message);
  return undefined;
}

function readEvent(value: JsonValue, faults: FaultList): EventRule | false | undefined {
  if (value === false) return false;
  // The counterpart of `false`, for a file with `default: drop`.
  if (value === true) return {};
  if (typeof value === 'string' && value !== '') return { as: value };
  if (!isJsonObject(value)) {
    faults.add('expected false, true, a name or {as, data}');
    return undefined;
  }
  const section = readSection(EventSection, value, faults);
  const data = readMap(section.data, faults.at('data'), readSources);
  return { ...(section.as === undefined ? {} : { as: section.as }), data: Object.fromEntries(data) };
}

function readSources(value: JsonValue, faults: FaultList, field: string): readonly string[] | undefined {
  refuseReserved(field, faults);
  const listed = Array.isArray(value);
  const sources = listed ? value : [value];
  if (sources.length === 0) faults.add('expected at least one source path');
  sources.forEach((source, index) => checkSourcePath(source, listed ? faults.at(index) : faults));
  return sources.filter((source) => typeof source === 'string');
}

function checkSourcePath(source: JsonValue, faults: FaultList): void {
  if (typeof source === 'string' && compileSourcePath(source) !== undefined) return;
  const root = typeof source === 'string' ? (source.split('.')[0] ?? '') : '';
  const hint = SOURCE_ROOTS.includes(root) ? '' : didYouMean(root, SOURCE_ROOTS);
  faults.add(`expected a source path: ${SOURCE_PATH_FORMS}${hint}`);
}

function readParameters(value: unknown, faults: FaultList): Pick<MappingRules['identify'], 'exclude' | 'rename' | 'via'> {
  const section = readSection(ParametersSection, value, faults);
  const exclude = section.exclude ?? [];
  const takenBy = new Map<string, string>();
  const rename = readMap(section.rename, faults.at('rename'), (target, at, trait) => {
    const name = readName(target, at, 'expected the new name of the trait');
    if (name === undefined) return undefined;
    refuseReserved(name, at);
    if (exclude.includes(trait)) at.add('the trait is excluded too; name it in one of the two places');
    const other = takenBy.get(name);
    if (other !== undefined) at.add(`"${other}" is renamed to the same name`);
    takenBy.set(name, trait);
    return name;
  });
  return { exclude, rename, via: section.via ?? 'event-data' };
}

function readPresets(names: readonly unknown[], faults: FaultList): string[] {
  const known = [...PRESETS.keys()];
  return names.filter((name, index): name is string => {
    if (typeof name === 'string' && PRESETS.has(name)) return true;
    const hint = typeof name === 'string' ? didYouMean(name, known) : '';
    faults.at(index).add(`unknown preset${hint || `; known: ${known.join(', ')}`}`);
    return false;
  });
}

/** A constant that identifies a person or an event would make one person, or one event, of everybody's. */
function readConstant(value: JsonValue, faults: FaultList, field: string): JsonValue | undefined {
  refuseReserved(field, faults);
  if (IDENTITY_FIELDS.has(field) || field === 'partner_conversion_id')
    faults.add('identifies a person or an event: it cannot be a constant');
  if (field === LABELS) return readName(value, faults, 'expected a label');
  if (value === null) faults.add('expected a value');
  return value;
}

function refuseReserved(field: string, faults: FaultList): void {
  if (field === PARTNER_EVENT_ID) faults.add('is always the messageId: choose another field');
}
