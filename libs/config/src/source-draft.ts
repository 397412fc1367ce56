import { FaultList } from './config-error.ts';
import type { RawCommonEnvironment } from './raw-environment.ts';
import type { ExtoleSettings, SourceSettings } from './model.ts';
import { parseCount, parseRateLimit } from './units.ts';

/** Extole documents 100 requests a minute for the synchronous endpoint (wire.md 2.1); the asynchronous one has no limit. */
const SYNC_RATE_LIMIT = { count: 100, perMs: 60_000 } as const;

type DraftField = 'id' | 'writeKeys' | 'deletionKeys' | 'extoleApiKeys' | 'sharedSecret' | 'accessToken';

/** A source as one of its two descriptions (environment, sources file) gives it, with where each thing was said. */
export interface SourceDraft {
  readonly settings: SourceSettings;
  /** Names the place of a field, for faults that are found by looking at all sources together. */
  readonly where: (field: DraftField) => string;
}

/** What a source may say about its Extole account; absent things have defaults. */
export interface ExtoleDraft {
  readonly accessToken: string;
  readonly baseUrl?: string | undefined;
  readonly labels?: string | undefined;
  readonly mode?: string | undefined;
  readonly maxConcurrency?: number | string | undefined;
  readonly rateLimit?: number | string | undefined;
  readonly personRateLimit?: number | string | undefined;
  readonly timeoutMs?: number | string | undefined;
}

/** The account's settings: the source's own word, else the `EXTOLE_*` variables, else the defaults. */
export function extoleSettingsOf(draft: ExtoleDraft, raw: RawCommonEnvironment): ExtoleSettings {
  const mode = (draft.mode ?? raw.EXTOLE_EVENTS_MODE) === 'sync' ? 'sync' : 'async';
  const rateLimit =
    parseRateLimit(String(draft.rateLimit ?? raw.EXTOLE_RATE_LIMIT ?? '')) ?? (mode === 'sync' ? SYNC_RATE_LIMIT : undefined);
  const personRateLimit = parseRateLimit(String(draft.personRateLimit ?? raw.EXTOLE_PERSON_RATE_LIMIT ?? ''));
  const labels = draft.labels ?? raw.EXTOLE_LABELS;
  return {
    baseUrl: (draft.baseUrl ?? raw.EXTOLE_BASE_URL ?? 'https://api.extole.io').replace(/\/+$/, ''),
    accessToken: draft.accessToken,
    ...(labels === undefined ? {} : { labels }),
    mode,
    maxConcurrency: parseCount(String(draft.maxConcurrency ?? raw.EXTOLE_MAX_CONCURRENCY ?? '')) ?? 128,
    ...(rateLimit === undefined ? {} : { rateLimit }),
    ...(personRateLimit === undefined ? {} : { personRateLimit }),
    timeoutMs: parseCount(String(draft.timeoutMs ?? raw.EXTOLE_TIMEOUT_MS ?? '')) ?? 10_000,
  };
}

/**
 * What only shows when all sources are seen together: an id used twice, a key that would let a request in at two sources,
 * and a public write key that could also delete.
 */
export function checkSourcesTogether(drafts: readonly SourceDraft[], faults: FaultList): void {
  const ids = new Set<string>();
  for (const { settings, where } of drafts) {
    if (ids.has(settings.id)) faults.add(where('id'), 'is the id of an earlier source: ids are unique');
    ids.add(settings.id);
  }
  checkUnique(drafts, 'writeKeys', faults);
  checkUnique(drafts, 'deletionKeys', faults);
  checkUnique(drafts, 'extoleApiKeys', faults);
  const writeKeys = new Set(drafts.flatMap(({ settings }) => settings.writeKeys));
  for (const { settings, where } of drafts) {
    for (const field of ['deletionKeys', 'extoleApiKeys'] as const) {
      if (settings[field].some((key) => writeKeys.has(key))) {
        faults.add(where(field), 'holds a key that is also a write key: write keys are public and must never delete');
      }
    }
  }
}

/** Two sources of one Extole account meet here without having said anything. */
const DEFAULT_HINT = { writeKeys: '', deletionKeys: '', extoleApiKeys: ' (absent, it is the access token)' } as const;

function checkUnique(
  drafts: readonly SourceDraft[],
  field: 'writeKeys' | 'deletionKeys' | 'extoleApiKeys',
  faults: FaultList,
): void {
  const seen = new Set<string>();
  for (const { settings, where } of drafts) {
    const keys = settings[field];
    if (keys.some((key) => seen.has(key)) || new Set(keys).size < keys.length) {
      faults.add(
        where(field),
        `holds a key twice, or one of an earlier source: a key belongs to one source${DEFAULT_HINT[field]}`,
      );
    }
    keys.forEach((key) => seen.add(key));
  }
}
