import type { AccessToken } from './access-token.ts';

/** What RFC 6749 (5.2) calls errors; of an error answer nothing else is quoted, since some providers repeat in it what they were sent. */
const ERRORS = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
]);

const NO_TOKEN = 'with something that is no token: check KAFKA_OAUTH_TOKEN_URL';

/** An answer of the token endpoint, taken apart: the token, or what to tell the operator behind "the token endpoint … answered". */
export function readTokenAnswer(status: number, body: string): AccessToken | { readonly fault: string } {
  const answer = parsed(body);
  if (status !== 200) return { fault: faultOf(status, answer['error']) };
  const { access_token: value, expires_in: expiresIn } = answer;
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) return { fault: NO_TOKEN };
  // RFC 6749 has a number there; some providers write it as text.
  const seconds = typeof expiresIn === 'string' ? Number(expiresIn) : expiresIn;
  if (typeof seconds !== 'number' || !(seconds > 0))
    return { fault: 'without expires_in, so that nobody knows when the token runs out: have the provider tell it' };
  return { value, lifetimeMs: seconds * 1_000 };
}

function faultOf(status: number, error: unknown): string {
  const said = typeof error === 'string' && ERRORS.has(error) ? ` (${error})` : '';
  return `${status}${said}: ${adviceFor(status, said)}`;
}

function adviceFor(status: number, said: string): string {
  if (said.includes('scope')) return 'check KAFKA_OAUTH_SCOPE';
  if (status === 429 || status >= 500) return 'its own trouble; it is asked again';
  if (status === 400 || status === 401 || status === 403) return 'check KAFKA_OAUTH_CLIENT_ID and KAFKA_OAUTH_CLIENT_SECRET';
  return 'check KAFKA_OAUTH_TOKEN_URL';
}

function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // Judged by what it lacks.
    return {};
  }
}
