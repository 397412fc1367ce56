/** What can be used of a body of Extole's: each string bounded in length and characters, because it goes to outcomes and logs. */
export interface AnswerBody {
  /** Whether the text is JSON at all; a proxy's page is not. */
  readonly isJson: boolean;
  readonly isObject: boolean;
  /** `code` of an error. */
  readonly code?: string;
  /** `unique_id` of an error: what Extole's support asks for. */
  readonly uniqueId?: string;
  /** `event_id` of an event, `id` of an erasure. */
  readonly extoleId?: string;
  /** `person_id` of a synchronous event. */
  readonly personId?: string;
  /** `status` of an erasure. */
  readonly status?: string;
}

/** Anything outside of this (a space, an `@`) is no identifier, and may be personal data or an attempt to forge a log line (P10). */
const IDENTIFIER = /^(?!\.{1,2}$)[A-Za-z0-9_.:-]{1,64}$/;

export function readAnswerBody(text: string): AnswerBody {
  const value = parse(text);
  if (value === undefined) return { isJson: false, isObject: false };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { isJson: true, isObject: false };
  const body = value as Record<string, unknown>;
  return {
    isJson: true,
    isObject: true,
    ...identifier('code', body['code']),
    ...identifier('uniqueId', body['unique_id']),
    ...identifier('extoleId', body['event_id'] ?? body['id']),
    ...identifier('personId', body['person_id']),
    ...identifier('status', body['status']),
  };
}

function identifier<K extends string>(key: K, value: unknown): Partial<Record<K, string>> {
  return typeof value === 'string' && IDENTIFIER.test(value) ? ({ [key]: value } as Record<K, string>) : {};
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
