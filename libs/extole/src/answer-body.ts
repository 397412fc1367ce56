import type { Draft } from '#segment';

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
  const read: Draft<AnswerBody> = { isJson: true, isObject: true };
  if (isIdentifier(body['code'])) read.code = body['code'];
  if (isIdentifier(body['unique_id'])) read.uniqueId = body['unique_id'];
  const extoleId = body['event_id'] ?? body['id'];
  if (isIdentifier(extoleId)) read.extoleId = extoleId;
  if (isIdentifier(body['person_id'])) read.personId = body['person_id'];
  if (isIdentifier(body['status'])) read.status = body['status'];
  return read;
}

function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && IDENTIFIER.test(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
