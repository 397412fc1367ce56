import { validateSync } from 'class-validator';
import type { FaultList } from './config-error.ts';
import { FILE_VARIABLES, type RawCommonEnvironment } from './raw-environment.ts';
import { readTextFile } from './read-text-file.ts';

/** The environment as it comes: `process.env` of the app. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Picks the variables that `Raw` declares out of the environment, takes the `_FILE` variants from their files, and validates what it found.
 * An empty variable counts as absent, because compose files and charts write `VAR=` for "not set". A value with a fault is dropped,
 * so that what follows can go on and find the next one.
 */
export function readEnvironment<T extends RawCommonEnvironment>(Raw: new () => T, env: Environment, faults: FaultList): T {
  const raw = new Raw();
  // Class fields are defined at construction, so the fresh instance lists every variable that its class declares.
  const found: Record<string, string> = {};
  for (const name of Object.keys(raw)) {
    const value = fromFile(name, env, faults) ?? env[name];
    if (value !== undefined && value !== '') found[name] = value;
  }
  Object.assign(raw, found);
  for (const { property, constraints } of validateSync(raw, { stopAtFirstError: true })) {
    const expected = Object.values(constraints ?? {})[0] ?? 'a valid value';
    faults.add(property, property in found ? `expected ${expected}` : `is required: ${expected}`);
    Object.assign(raw, { [property]: undefined });
  }
  return raw;
}

function fromFile(name: string, env: Environment, faults: FaultList): string | undefined {
  const variable = `${name}_FILE`;
  const path = env[variable];
  if (path === undefined || path === '' || !(FILE_VARIABLES as readonly string[]).includes(name)) return undefined;
  if (env[name] !== undefined && env[name] !== '') faults.add(variable, `is set together with ${name}: set one of the two`);
  const text = readTextFile(path);
  if (text === undefined || text === '') {
    faults.add(variable, 'expected the path of a readable file that is not empty');
    return undefined;
  }
  return text;
}
