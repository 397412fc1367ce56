import type { Verdict } from '#delivery';
import type { Draft } from '#segment';
import { readAnswerBody, type AnswerBody } from './answer-body.ts';
import type { Answer, CallKind } from './call.ts';
import { readParameters } from './read-parameters.ts';
import { retryAfterMs } from './retry-after.ts';

/** Statuses that speak of this one request: the same bytes will fail again, others will not. */
const REQUEST_IS_WRONG: ReadonlySet<number> = new Set([400, 409, 413, 422]);
/** Codes that say which of the two ways to write a parameter is the right one. */
const CONTRADICTIONS: ReadonlySet<string> = new Set(['data_already_exists', 'data_not_found']);
/** Statuses that ask to come again, though they are 4xx: a timeout on the way, a replayed TLS early request. */
const COME_AGAIN: ReadonlySet<number> = new Set([408, 425]);

/**
 * What an answer of Extole means: the one place that looks at status codes (wire.md 2.3).
 *
 * | status | verdict |
 * |---|---|
 * | 2xx with a JSON object (for the token check and the steps: any JSON) | `delivered`; an erasure whose status is `FAILED`: retry |
 * | 2xx of a synchronous identify that names no person | stop `misrouted` |
 * | 2xx with no body, 204, or anything but JSON | stop `misrouted`: something else than Extole's API has answered |
 * | 3xx | stop `redirect` |
 * | 400 `event_blocked` | `rejected`, for an event |
 * | 400 `data_already_exists`, `data_not_found` | `contradicted`, for the write of a parameter |
 * | 403 `person_not_found` | `dead-letter`, for a parameter: the person was merged or erased meanwhile; it says nothing of the account |
 * | 400, 409, 413, 422 | `dead-letter` |
 * | 408, 425 | retry |
 * | 429 | retry, throttled |
 * | every other 4xx (401, 402, 403, 404, 405, 410, 415 …) | stop: it does not say that the event is wrong, so the backlog is kept (P7) |
 * | 5xx and all else | retry |
 *
 * @param now milliseconds since the epoch, to read a `Retry-After` date.
 */
export function classifyResponse(answer: Answer, call: CallKind, now: number): Verdict {
  const { status, headers } = answer;
  const body = readAnswerBody(answer.body);
  if (status >= 200 && status < 300) return classifySuccess(status, answer.body, body, call);

  const code = body.code ?? `http_${status}`;
  const uniqueId = body.uniqueId === undefined ? {} : { uniqueId: body.uniqueId };
  if (status >= 300 && status < 400) return { kind: 'stop', code: 'redirect', status };
  const isEvent = call === 'event' || call === 'identify';
  if (status === 400 && code === 'event_blocked' && isEvent) return { kind: 'rejected', status, code, ...uniqueId };
  if (call === 'write' && CONTRADICTIONS.has(code)) return { kind: 'contradicted', status, code, ...uniqueId };
  const isPersonGone = (call === 'write' || call === 'read') && code === 'person_not_found';
  if (REQUEST_IS_WRONG.has(status) || isPersonGone) return { kind: 'dead-letter', status, code, ...uniqueId };
  if (status >= 400 && status < 500 && status !== 429 && !COME_AGAIN.has(status))
    return { kind: 'stop', status, code, ...uniqueId };

  const wait = retryAfterMs(headers['retry-after'], now);
  const reason = status === 429 ? 'throttled' : 'transient';
  return { kind: 'retry', reason, code, status, ...(wait === undefined ? {} : { retryAfterMs: wait }), ...uniqueId };
}

function classifySuccess(status: number, text: string, body: AnswerBody, call: CallKind): Verdict {
  // An empty 204 is Extole's own sign of a misrouted request; a page of a proxy or a parked domain is the same fault.
  const understood = call === 'token' || call === 'steps' ? body.isJson : body.isObject;
  if (!understood || (call === 'identify' && body.personId === undefined)) return { kind: 'stop', code: 'misrouted', status };
  if (call === 'erasure' && body.status?.toUpperCase() === 'FAILED') {
    return { kind: 'retry', reason: 'transient', code: 'erasure_failed', status };
  }
  if (call === 'read') return { kind: 'delivered', status, parameters: readParameters(text) };
  const delivered: Draft<Extract<Verdict, { kind: 'delivered' }>> = { kind: 'delivered', status };
  if (body.extoleId !== undefined && call !== 'token') delivered.extoleId = body.extoleId;
  if (body.personId !== undefined && call === 'identify') delivered.personId = body.personId;
  return delivered;
}
