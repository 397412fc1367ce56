import type { SafeMessage } from './error-fields.ts';

/**
 * Everything that a log line may carry beside its event name (P10). An allow-list, not a convention: a key that is not here does
 * not compile, and is dropped at run time should it come in through a spread or a cast.
 *
 * None of these fields may hold personal data or a secret. There is deliberately no `userId`, `email`, `messageId`, `body` or
 * `headers`: `source`, `partition` and `offset` find the event.
 */
export interface LogFields {
  // where
  readonly source?: string;
  readonly topic?: string;
  readonly partition?: number;
  readonly partitions?: readonly number[];
  readonly offset?: number;
  readonly endOffset?: number;
  readonly group?: string;
  readonly member?: string;
  readonly generation?: number;
  readonly broker?: string;
  readonly run?: string;
  readonly deletionId?: string;
  /** The operator's name. The only person whom a log line may name. */
  readonly by?: string;
  /** The network address of whoever tries to sign in as an operator. */
  readonly address?: string;
  /** A hashed subject, 32 hex digits; anything else is dropped. */
  readonly subject?: string;
  // what
  readonly door?: string;
  readonly type?: string;
  readonly outcome?: string;
  readonly state?: string;
  readonly kind?: string;
  readonly operation?: string;
  readonly reason?: string;
  readonly reasons?: readonly string[];
  readonly signal?: string;
  readonly setting?: string;
  readonly version?: string;
  readonly mappingVersion?: string;
  // how it ended
  readonly code?: string;
  readonly status?: number;
  /** Extole's `unique_id` of an error answer. */
  readonly uniqueId?: string;
  /** The class of an error; with `code` and `message` from {@link errorFields}. */
  readonly error?: string;
  readonly message?: SafeMessage;
  readonly stopped?: boolean;
  readonly ready?: boolean;
  // how much
  readonly count?: number;
  readonly total?: number;
  readonly limit?: number;
  readonly bytes?: number;
  readonly lag?: number;
  readonly lead?: number;
  readonly inFlight?: number;
  readonly concurrency?: number;
  readonly attempts?: number;
  readonly durationMs?: number;
  readonly delayMs?: number;
  readonly retryAfterMs?: number;
  // the process
  readonly host?: string;
  readonly port?: number;
  readonly pid?: number;
  /** Logged without user info, query and fragment: a query may hold an email. */
  readonly url?: string;
}

type Scalar = string | number | boolean;
type Cleaner = (value: unknown) => Scalar | Scalar[] | undefined;

/** Characters of one string value; what is longer is cut and ends in an ellipsis. */
export const MAX_VALUE_LENGTH = 200;
const MAX_LIST_LENGTH = 64;

const scalar: Cleaner = cleanScalar;

const list: Cleaner = (value) => {
  if (!Array.isArray(value)) return undefined;
  return value
    .slice(0, MAX_LIST_LENGTH)
    .map(cleanScalar)
    .filter((item) => item !== undefined);
};

const hash: Cleaner = (value) => (typeof value === 'string' && /^[0-9a-f]{32}$/.test(value) ? value : undefined);

const bareUrl: Cleaner = (value) => {
  if (typeof value !== 'string') return undefined;
  const withoutQuery = value.split(/[?#]/, 1)[0] ?? '';
  return bounded(withoutQuery.replace(/^([a-z][a-z0-9+.-]*:)?\/\/[^/]*@/i, '$1//'));
};

// `satisfies` keeps this table complete: a field added to LogFields without a cleaner does not compile.
const CLEANERS: ReadonlyMap<string, Cleaner> = new Map(
  Object.entries({
    source: scalar,
    topic: scalar,
    partition: scalar,
    partitions: list,
    offset: scalar,
    endOffset: scalar,
    group: scalar,
    member: scalar,
    generation: scalar,
    broker: scalar,
    run: scalar,
    deletionId: scalar,
    by: scalar,
    address: scalar,
    subject: hash,
    door: scalar,
    type: scalar,
    outcome: scalar,
    state: scalar,
    kind: scalar,
    operation: scalar,
    reason: scalar,
    reasons: list,
    signal: scalar,
    setting: scalar,
    version: scalar,
    mappingVersion: scalar,
    code: scalar,
    status: scalar,
    uniqueId: scalar,
    error: scalar,
    message: scalar,
    stopped: scalar,
    ready: scalar,
    count: scalar,
    total: scalar,
    limit: scalar,
    bytes: scalar,
    lag: scalar,
    lead: scalar,
    inFlight: scalar,
    concurrency: scalar,
    attempts: scalar,
    durationMs: scalar,
    delayMs: scalar,
    retryAfterMs: scalar,
    host: scalar,
    port: scalar,
    pid: scalar,
    url: bareUrl,
  } satisfies Record<keyof LogFields, Cleaner>),
);

/** What of `fields` may be written: allow-listed keys, scalar values (or short lists of them) of bounded length. */
export function cleanFields(fields: object): Record<string, Scalar | Scalar[]> {
  const clean: Record<string, Scalar | Scalar[]> = {};
  for (const [key, value] of Object.entries(fields)) {
    const kept = CLEANERS.get(key)?.(value);
    if (kept !== undefined) clean[key] = kept;
  }
  return clean;
}

function cleanScalar(value: unknown): Scalar | undefined {
  if (typeof value === 'string') return bounded(value);
  if (typeof value === 'boolean') return value;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function bounded(text: string): string {
  return text.length <= MAX_VALUE_LENGTH ? text : `${text.slice(0, MAX_VALUE_LENGTH - 1)}…`;
}
