import { FaultList } from './config-error.ts';
import { readConsoleUsers } from './console-users.ts';
import { deepFreeze } from './deep-freeze.ts';
import { readEnvironment, type Environment } from './environment.ts';
import { kafkaSettingsOf, topicSettingsOf } from './kafka-settings.ts';
import { isLoopback } from './loopback.ts';
import type { CommonSettings, ConsoleSettings, ForwarderSettings, IngestSettings, LogLevel, SourceSettings } from './model.ts';
import { refuseClearText, refusePublishedKeys, withSimulator } from './published-keys.ts';
import {
  LOG_LEVELS,
  RawCommonEnvironment,
  RawConsoleEnvironment,
  RawForwarderEnvironment,
  RawIngestEnvironment,
  SINGLE_SOURCE_VARIABLES,
} from './raw-environment.ts';
import { singleSource } from './single-source.ts';
import { checkSecrets } from './separate-secrets.ts';
import { checkIds } from './source-draft.ts';
import { readSourcesFile } from './sources-file.ts';
import { tracingSettingsOf } from './tracing-settings.ts';
import { parseByteSize, parseCount, parseDuration, parseList, parseRateLimit } from './units.ts';

/**
 * What every app knows, and all that the CLI needs: validated, complete with defaults, frozen.
 *
 * @param env `process.env` of the app; nothing else in the program reads it
 * @throws ConfigError that lists everything that is wrong
 */
export function loadCommonSettings(env: Environment): CommonSettings {
  const faults = new FaultList();
  const settings = commonSettingsOf(readEnvironment(RawCommonEnvironment, withSimulator(env), faults), faults);
  faults.throwIfAny();
  return deepFreeze(settings);
}

/** The settings of ingest. @throws ConfigError that lists everything that is wrong */
export function loadIngestSettings(env: Environment): IngestSettings {
  const faults = new FaultList();
  const raw = readEnvironment(RawIngestEnvironment, withSimulator(env), faults);
  const rateLimit = parseRateLimit(raw.INGEST_RATE_LIMIT ?? '');
  const settings: IngestSettings = {
    ...commonSettingsOf(raw, faults),
    host: raw.INGEST_HOST ?? '0.0.0.0',
    port: parseCount(raw.INGEST_PORT ?? '') ?? 3000,
    adminHost: raw.ADMIN_HOST ?? '127.0.0.1',
    adminNames: parseList(raw.ADMIN_NAMES ?? ''),
    adminPort: parseCount(raw.INGEST_ADMIN_PORT ?? '') ?? 3100,
    logQueueBytes: parseByteSize(raw.LOG_QUEUE_BYTES ?? '') ?? 64 * 1024 ** 2,
    ...(rateLimit === undefined ? {} : { rateLimit }),
    webhookBatchSignature: raw.WEBHOOK_BATCH_SIGNATURE === 'first-event' ? 'first-event' : 'reject',
  };
  faults.throwIfAny();
  return deepFreeze(settings);
}

/** The settings of the forwarder. @throws ConfigError that lists everything that is wrong */
export function loadForwarderSettings(env: Environment): ForwarderSettings {
  const faults = new FaultList();
  const raw = readEnvironment(RawForwarderEnvironment, withSimulator(env), faults);
  const settings: ForwarderSettings = {
    ...commonSettingsOf(raw, faults),
    adminHost: raw.ADMIN_HOST ?? '127.0.0.1',
    adminNames: parseList(raw.ADMIN_NAMES ?? ''),
    adminPort: parseCount(raw.FORWARDER_ADMIN_PORT ?? '') ?? 3200,
    groupId: groupIdOf(raw),
    stateDir: raw.STATE_DIR ?? '.data/state',
    maxAttemptAgeMs: parseDuration(raw.MAX_ATTEMPT_AGE ?? '') ?? 15 * 60_000,
    drainTimeoutMs: parseDuration(raw.DRAIN_TIMEOUT ?? '') ?? 20_000,
    deletionLagBoundMs: parseDuration(raw.DELETION_LAG_BOUND ?? '') ?? 5_000,
    ...(raw.FORWARDER_ADVERTISED_URL === undefined ? {} : { advertisedUrl: raw.FORWARDER_ADVERTISED_URL }),
  };
  checkDrain(settings, faults);
  faults.throwIfAny();
  return deepFreeze(settings);
}

/** A call that outlives the drain is still under way when the partition's next owner makes it again (P3). */
function checkDrain({ sources, drainTimeoutMs }: ForwarderSettings, faults: FaultList): void {
  const longest = Math.max(0, ...sources.map(({ extole }) => extole.timeoutMs));
  if (longest <= drainTimeoutMs) return;
  faults.add(
    'DRAIN_TIMEOUT',
    `is ${drainTimeoutMs / 1_000} s, less than the longest call may take (EXTOLE_TIMEOUT_MS, or a source's extole.timeoutMs: ${longest} ms): raise it, or lower that`,
  );
}

/** The settings of the console. @throws ConfigError that lists everything that is wrong */
export function loadConsoleSettings(env: Environment): ConsoleSettings {
  const faults = new FaultList();
  const raw = readEnvironment(RawConsoleEnvironment, withSimulator(env), faults);
  const settings: ConsoleSettings = {
    ...commonSettingsOf(raw, faults),
    host: raw.CONSOLE_HOST ?? '127.0.0.1',
    port: parseCount(raw.CONSOLE_PORT ?? '') ?? 3300,
    ...(raw.CONSOLE_TOKEN === undefined ? {} : { token: raw.CONSOLE_TOKEN }),
    users: raw.CONSOLE_USERS_FILE === undefined ? [] : readConsoleUsers(raw.CONSOLE_USERS_FILE, faults),
    ...(raw.CONSOLE_TRUSTED_PROXY === undefined ? {} : { trustedProxy: raw.CONSOLE_TRUSTED_PROXY }),
    ...(raw.CONSOLE_TRUSTED_USER_HEADER === undefined
      ? {}
      : { trustedUserHeader: raw.CONSOLE_TRUSTED_USER_HEADER.toLowerCase() }),
    sessionIdleMs: parseDuration(raw.CONSOLE_SESSION_IDLE ?? '') ?? 60 * 60_000,
    sessionLifetimeMs: parseDuration(raw.CONSOLE_SESSION_LIFETIME ?? '') ?? 12 * 60 * 60_000,
    groupId: groupIdOf(raw),
    indexDir: raw.CONSOLE_INDEX_DIR ?? '.data/console',
  };
  checkSignIn(settings, raw, faults);
  faults.throwIfAny();
  return deepFreeze(settings);
}

function checkSignIn({ host, users }: ConsoleSettings, raw: RawConsoleEnvironment, faults: FaultList): void {
  const { CONSOLE_TOKEN, CONSOLE_USERS_FILE, CONSOLE_TRUSTED_PROXY, CONSOLE_TRUSTED_USER_HEADER } = raw;
  const waysIn = [CONSOLE_TOKEN, CONSOLE_USERS_FILE, CONSOLE_TRUSTED_USER_HEADER];
  if (waysIn.every((one) => one === undefined) && !isLoopback(host)) {
    faults.add(
      'CONSOLE_TOKEN',
      'is required (or CONSOLE_TOKEN_FILE, CONSOLE_USERS_FILE, CONSOLE_TRUSTED_USER_HEADER) when CONSOLE_HOST is not a loopback address: it shows and steers everything',
    );
  }
  if (CONSOLE_TRUSTED_USER_HEADER === undefined && users.some(({ tokenDigest }) => tokenDigest === undefined))
    faults.add('CONSOLE_TRUSTED_USER_HEADER', 'is required for those of CONSOLE_USERS_FILE whom the proxy signs in');
  if (CONSOLE_TRUSTED_USER_HEADER !== undefined && CONSOLE_TRUSTED_PROXY === undefined)
    faults.add('CONSOLE_TRUSTED_PROXY', 'is required with CONSOLE_TRUSTED_USER_HEADER: the addresses of the proxy that sets it');
}

function groupIdOf({ FORWARDER_GROUP_ID }: Pick<RawForwarderEnvironment, 'FORWARDER_GROUP_ID'>): string {
  return FORWARDER_GROUP_ID ?? 'extole-forwarder';
}

function commonSettingsOf(raw: RawCommonEnvironment, faults: FaultList): CommonSettings {
  const tracing = tracingSettingsOf(raw);
  return {
    kafka: kafkaSettingsOf(raw, faults),
    topics: topicSettingsOf(raw),
    sources: sourcesOf(raw, faults),
    subjectHashKey: raw.SUBJECT_HASH_KEY ?? '',
    logLevel: LOG_LEVELS.find((level): level is LogLevel => level === raw.LOG_LEVEL) ?? 'info',
    ...(tracing !== undefined && { tracing }),
  };
}

function sourcesOf(raw: RawCommonEnvironment, faults: FaultList): SourceSettings[] {
  const drafts = raw.SOURCES_FILE === undefined ? [requireToken(raw, faults)] : readSourcesFile(raw.SOURCES_FILE, raw, faults);
  if (raw.SOURCES_FILE !== undefined) {
    for (const name of SINGLE_SOURCE_VARIABLES) {
      if (raw[name] !== undefined) faults.add(name, 'is set together with SOURCES_FILE: say it there, per source');
    }
  }
  checkIds(drafts, faults);
  checkSecrets(raw, drafts, faults);
  refusePublishedKeys(raw, drafts, faults);
  refuseClearText(raw, drafts, faults);
  return drafts.map(({ settings }) => settings);
}

function requireToken(raw: RawCommonEnvironment, faults: FaultList): ReturnType<typeof singleSource> {
  if (raw.EXTOLE_ACCESS_TOKEN === undefined) {
    faults.add('EXTOLE_ACCESS_TOKEN', 'is required (or EXTOLE_ACCESS_TOKEN_FILE), unless SOURCES_FILE describes the sources');
  }
  return singleSource(raw, faults);
}
