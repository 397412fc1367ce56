import type { FaultList } from './config-error.ts';
import type { Environment } from './environment.ts';
import { isLoopback } from './loopback.ts';
import { RawIngestEnvironment, type RawCommonEnvironment } from './raw-environment.ts';
import type { SourceDraft } from './source-draft.ts';

/** Keys of a stack whose Extole is the simulator. They stand in a public repository, so everybody knows them; `npm start` makes use of the same. */
export const PUBLISHED_KEYS = {
  EXTOLE_ACCESS_TOKEN: 'local-extole-token',
  SEGMENT_WRITE_KEYS: 'local-write-key',
  DELETION_KEYS: 'local-deletion-key',
  SEGMENT_SHARED_SECRET: 'local-shared-secret',
  SUBJECT_HASH_KEY: 'a-local-key-that-is-no-secret',
  CONSOLE_TOKEN: 'local-console-token',
} as const;

const PUBLISHED: ReadonlySet<string> = new Set(Object.values(PUBLISHED_KEYS));
const EXPECTED =
  'holds a key that stands in a public repository and is for the simulator alone: set one of your own (openssl rand -hex 24)';

/**
 * The environment of a stack that has a simulator and no account: what is absent of the keys is a published one, and Extole is the simulator.
 * As soon as an account is configured nothing is made up, so that docker-compose.yml may name its simulator in any case.
 */
export function withSimulator(env: Environment): Environment {
  const isSet = (name: string): boolean => Boolean(env[name]) || Boolean(env[`${name}_FILE`]);
  const simulator = env['EXTOLE_SIMULATOR_URL'];
  if (!simulator || isSet('EXTOLE_ACCESS_TOKEN') || isSet('SOURCES_FILE')) return env;
  // Whoever has named their operators wants no token besides that everybody knows.
  const namesOperators = Boolean(env['CONSOLE_USERS_FILE']) || Boolean(env['CONSOLE_TRUSTED_USER_HEADER']);
  const absent = Object.entries({ ...PUBLISHED_KEYS, EXTOLE_BASE_URL: simulator }).filter(
    ([name]) => !isSet(name) && !(name === 'CONSOLE_TOKEN' && namesOperators),
  );
  return { ...env, ...Object.fromEntries(absent) };
}

/** Refuses the published keys wherever a source's Extole is neither on this machine nor the simulator: with them a stranger could have a person erased. */
export function refusePublishedKeys(raw: RawCommonEnvironment, drafts: readonly SourceDraft[], faults: FaultList): void {
  const real = drafts.filter(({ settings }) => !isSimulated(settings.extole.baseUrl, raw));
  for (const { settings, where } of real) {
    const keys = {
      writeKeys: settings.writeKeys,
      deletionKeys: settings.deletionKeys,
      sharedSecret: [settings.sharedSecret],
      // The token is a key of the partner door, which ingest alone has: Extole itself refuses a published one.
      accessToken: raw instanceof RawIngestEnvironment ? [settings.extole.accessToken] : [],
      extoleApiKeys: settings.extoleApiKeys.filter((key) => key !== settings.extole.accessToken),
    };
    for (const [field, values] of Object.entries(keys)) {
      if (values.some(isPublished)) faults.add(where(field as keyof typeof keys), EXPECTED);
    }
  }
  const ofTheProcess: Readonly<Record<string, string>> = { ...raw };
  for (const name of real.length > 0 ? ['SUBJECT_HASH_KEY', 'CONSOLE_TOKEN'] : []) {
    if (isPublished(ofTheProcess[name])) faults.add(name, EXPECTED);
  }
}

/** Refuses http to an Extole elsewhere: the token, and what is told of people, would go there in clear. */
export function refuseClearText(raw: RawCommonEnvironment, drafts: readonly SourceDraft[], faults: FaultList): void {
  for (const { settings, where } of drafts) {
    const { baseUrl } = settings.extole;
    if (new URL(baseUrl).protocol === 'https:' || isSimulated(baseUrl, raw)) continue;
    faults.add(
      where('baseUrl'),
      'expected an https URL: the access token goes there (http on a loopback address, or where EXTOLE_SIMULATOR_URL says)',
    );
  }
}

function isPublished(key: string | undefined): boolean {
  return key !== undefined && PUBLISHED.has(key);
}

function isSimulated(baseUrl: string, { EXTOLE_SIMULATOR_URL }: RawCommonEnvironment): boolean {
  return isLoopback(new URL(baseUrl).hostname) || baseUrl === EXTOLE_SIMULATOR_URL?.replace(/\/+$/, '');
}
