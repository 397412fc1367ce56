import type { Account, Accounts } from './account.ts';
import type { Answer } from './answer.ts';
import type { Behaviour } from './behaviour.ts';
import { errorAnswer, type ErrorCode } from './errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';
import type { RateLimits } from './rate-limits.ts';
import { erasureRoutes } from './routes/erasures.ts';
import { eventRoutes } from './routes/events.ts';
import { personRoutes } from './routes/persons.ts';
import { RouteTable, type Method, type RouteMatch } from './routes/route.ts';
import { tokenRoutes } from './routes/tokens.ts';

const ROUTES = new RouteTable([...eventRoutes, ...erasureRoutes, ...tokenRoutes, ...personRoutes]);
const NO_QUERY = new URLSearchParams();

/** A call as it came, read but not judged. */
export interface RawCall {
  readonly method: string;
  readonly match: RouteMatch | undefined;
  readonly query: string;
  /** The bearer token, if there is one. */
  readonly token: string | undefined;
  readonly contentType: string | undefined;
  /** undefined if there were too many bytes. */
  readonly text: string | undefined;
  /** The body as JSON; undefined if it is none. */
  readonly json: JsonValue | undefined;
}

export interface ApiState {
  readonly accounts: Accounts;
  readonly limits: RateLimits;
  readonly behaviour: Behaviour;
}

export function findRoute(path: string): RouteMatch | undefined {
  return ROUTES.find(path);
}

/** The token of an `Authorization: Bearer …` header. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

/** What Extole answers to a call, with its effect on the account. The order of the checks is that of a gateway before a service. */
export function answerCall(call: RawCall, state: ApiState, now: number): Answer {
  if (call.match === undefined) return errorAnswer('not_found');
  const { route, params } = call.match;
  const handler = Object.hasOwn(route.methods, call.method) ? route.methods[call.method as Method] : undefined;
  if (handler === undefined) return errorAnswer('method_not_allowed');
  const { token } = call;
  if (token === undefined) return errorAnswer('missing_access_token');
  const account = state.accounts.withToken(token);
  if (account === undefined) return errorAnswer('invalid_access_token');
  const limits = state.behaviour.enforceRateLimits ? state.limits : undefined;
  if (route.isLimited && !mayCall(account, limits, now)) return errorAnswer('too_many_requests');

  const hasBody = call.method === 'POST' || call.method === 'PUT';
  if (hasBody && !/^application\/json\s*(;|$)/i.test(call.contentType ?? '')) return errorAnswer('unsupported_media_type');
  const body = hasBody ? bodyOf(call) : {};
  if (typeof body === 'string') return errorAnswer(body);
  const query = call.query === '' ? NO_QUERY : new URLSearchParams(call.query);
  return handler({ account, token, params, query, body, behaviour: state.behaviour, limits, now });
}

/** The JSON object that a call brings, or the code of what is wrong with it. */
function bodyOf({ text, json }: RawCall): JsonObject | ErrorCode {
  if (text === undefined) return 'payload_too_large';
  if (text === '') return 'missing_request_body';
  if (json === undefined) return 'invalid_json';
  return isJsonObject(json) ? json : 'binding_error';
}

function mayCall(account: Account, limits: RateLimits | undefined, now: number): boolean {
  return limits === undefined || limits.takeForToken(account.id, now);
}
