import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConsoleSettings, loadForwarderSettings, loadIngestSettings } from '#config';
import {
  FILE_VARIABLES,
  RawCommonEnvironment,
  RawConsoleEnvironment,
  RawForwarderEnvironment,
  RawIngestEnvironment,
} from '../libs/config/src/raw-environment.ts';
import { RawExtole, RawSource } from '../libs/config/src/raw-sources.ts';
import { codeOf, readPage, ROOT, sectionsOf, tableRows } from './docs-pages.ts';

const page = readPage('docs/configuration.md');
const sections = new Map(sectionsOf(page, 2).map((section) => [section.title, section.page]));

/** The rows of a section's tables, by the code in their first cell. */
function rowsOf(title: string): Map<string, string[]> {
  const section = sections.get(title);
  if (section === undefined) throw new Error(`docs/configuration.md has no section "${title}"`);
  return new Map(tableRows(section).map((cells) => [codeOf(cells[0] ?? '') ?? '', cells]));
}

/** A fresh instance lists every field that its class declares. */
function fieldsOf(Raw: new () => object): string[] {
  return Object.keys(new Raw());
}

/** What an app reads beside what all of them do. */
function ownFieldsOf(Raw: new () => object): string[] {
  const common = new Set(fieldsOf(RawCommonEnvironment));
  return fieldsOf(Raw).filter((name) => !common.has(name));
}

const ALL = 'Every app and the CLI';
const STACK = 'npm start, docker compose and the simulator';

describe('docs/configuration.md', () => {
  it('has every variable of every app, and none besides', () => {
    const sorted = (names: Iterable<string>): string[] => [...names].sort();
    expect(sorted(rowsOf(ALL).keys())).toEqual(sorted(fieldsOf(RawCommonEnvironment)));
    expect(sorted(rowsOf('Ingest').keys())).toEqual(sorted(ownFieldsOf(RawIngestEnvironment)));
    // ADMIN_HOST and ADMIN_NAMES are told where ingest's are.
    expect(sorted(rowsOf('Forwarder').keys())).toEqual(
      sorted(ownFieldsOf(RawForwarderEnvironment)).filter((name) => !name.startsWith('ADMIN_')),
    );
    expect(sorted(rowsOf('Console').keys())).toEqual(sorted(ownFieldsOf(RawConsoleEnvironment)));
  });

  it('has every field of a sources file, and none besides', () => {
    const fields = [...fieldsOf(RawSource), ...fieldsOf(RawExtole).map((field) => `extole.${field}`)];
    expect([...rowsOf('The sources file').keys()].sort()).toEqual(fields.sort());
  });

  it('says which variables may come from a file', () => {
    const marked = [ALL, 'Ingest', 'Forwarder', 'Console'].flatMap((title) =>
      [...rowsOf(title)].flatMap(([name, [, , file]]) => (file === 'yes' ? [name] : [])),
    );
    expect(marked.sort()).toEqual([...FILE_VARIABLES].sort());
  });

  const defaults = [ALL, 'Ingest', 'Forwarder', 'Console'].flatMap((title) =>
    [...rowsOf(title)].flatMap(([name, [, said = '']]) => {
      const value = codeOf(said);
      // Where words stand around it the default depends on something else.
      return value === undefined || said !== `\`${value}\`` ? [] : [{ name, value }];
    }),
  );
  it.each(defaults)('$name: $value is what is so without it', ({ name, value }) => {
    const minimal = { EXTOLE_ACCESS_TOKEN: 'token', SUBJECT_HASH_KEY: 'sixteen characters' };
    const settingsWith = (env: Record<string, string>): unknown[] =>
      [loadIngestSettings, loadForwarderSettings, loadConsoleSettings].map((load) => load(env));
    expect(settingsWith({ ...minimal, [name]: value })).toEqual(
      settingsWith(minimal).map((settings) => withDefaultPace(settings, name)),
    );
  });

  it('knows every variable of .env.example', () => {
    const listed = readFileSync(join(ROOT, '.env.example'), 'utf8').matchAll(/^#([A-Z_]+)=/gm);
    const known = new Set([ALL, 'Ingest', 'Forwarder', 'Console', STACK].flatMap((title) => [...rowsOf(title).keys()]));
    const unknown = [...listed]
      .map(([, name = '']) => name)
      .filter((name) => !known.has(name) && !known.has(name.replace(/_FILE$/, '')));
    expect(unknown).toEqual([]);
  });
});

/** The pace of persons' calls has its default in the forwarder, not in the settings. */
function withDefaultPace(settings: unknown, name: string): unknown {
  if (name !== 'EXTOLE_PERSON_RATE_LIMIT') return settings;
  const { sources, ...rest } = settings as { sources: { extole: object }[] };
  return {
    ...rest,
    sources: sources.map((source) => ({
      ...source,
      extole: { ...source.extole, personRateLimit: { count: 60, perMs: 60_000 } },
    })),
  };
}
