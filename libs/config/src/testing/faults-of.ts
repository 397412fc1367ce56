import { ConfigError } from '../config-error.ts';

/** What every source needs, and no more. */
export const MINIMAL = { EXTOLE_ACCESS_TOKEN: 'extole-token', SUBJECT_HASH_KEY: 'sixteen characters' };

/** What is wrong with a configuration, by where. @throws Error if nothing is */
export function faultsOf(load: () => unknown): Record<string, string> {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return Object.fromEntries(error.faults.map(({ where, expected }) => [where, expected]));
    throw error;
  }
  throw new Error('the configuration was accepted');
}
