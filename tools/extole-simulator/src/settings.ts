import { DEFAULT_TOKEN, type SimulatorOptions } from './server.ts';

/** A setting that cannot be used; the message names it and never shows its value. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
  readonly code = 'invalid_setting';
}

/**
 * The simulator's options from environment variables.
 *
 * @throws SettingError if one is no number in its range.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Required<Omit<SimulatorOptions, 'behaviour'>> {
  const tokens = (env['SIMULATOR_TOKEN'] ?? DEFAULT_TOKEN).split(',').map((token) => token.trim());
  return {
    host: env['SIMULATOR_HOST'] ?? '127.0.0.1',
    port: wholeNumber(env, 'EXTOLE_SIMULATOR_PORT', 3400, 0, 65_535),
    tokens: tokens.filter((token) => token !== ''),
    ledgerLimit: wholeNumber(env, 'SIMULATOR_LEDGER_LIMIT', 2_000_000, 1, 1e8),
    bodyLimit: wholeNumber(env, 'SIMULATOR_BODY_LIMIT', 200_000, 1, 1e8),
  };
}

function wholeNumber(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  absent: number,
  min: number,
  max: number,
): number {
  const text = env[name];
  if (text === undefined || text === '') return absent;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new SettingError(`${name} must be a whole number from ${min} to ${max}`);
  return value;
}
