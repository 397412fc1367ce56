import { FaultList } from './config-error.ts';
import type { RawCommonEnvironment } from './raw-environment.ts';
import type { ExtoleSettings, SourceSettings } from './model.ts';
import { parseCount, parseRateLimit } from './units.ts';

/** Extole documents 100 requests a minute for the synchronous endpoint (wire.md 2.1); the asynchronous one has no limit. */
const SYNC_RATE_LIMIT = { count: 100, perMs: 60_000 } as const;

type DraftField = 'id' | 'writeKeys' | 'deletionKeys' | 'extoleApiKeys' | 'sharedSecret' | 'accessToken' | 'baseUrl';

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

/** An id of a source that another one has. */
export function checkIds(drafts: readonly SourceDraft[], faults: FaultList): void {
  const ids = new Set<string>();
  for (const { settings, where } of drafts) {
    if (ids.has(settings.id)) faults.add(where('id'), 'is the id of an earlier source: ids are unique');
    ids.add(settings.id);
  }
}
