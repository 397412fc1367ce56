import type { IncomingHttpHeaders } from 'node:http';

/** The cookie that holds the id of a session. */
export const COOKIE = 'bridge_console';

/** The id that a browser shows; undefined if it shows none. */
export function cookieOf({ cookie = '' }: IncomingHttpHeaders): string | undefined {
  const pairs = cookie.split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === COOKIE)?.[1];
}

/** The header that has the browser keep the id, for as long as it runs; of undefined: forget it. */
export function setCookie(headers: IncomingHttpHeaders, id: string | undefined): string {
  const secure = isHttps(headers) ? '; Secure' : '';
  return `${COOKIE}=${id ?? ''}; Path=/; HttpOnly; SameSite=Strict${secure}${id === undefined ? '; Max-Age=0' : ''}`;
}

/**
 * Whether the browser has come by TLS, so that it must not send the cookie in clear. Its `Origin`, which goes with every POST, is what it
 * sees itself, whatever stands in between; of proxies that write `X-Forwarded-Proto` the first one has seen the browser.
 */
export function isHttps({ origin, 'x-forwarded-proto': said }: IncomingHttpHeaders): boolean {
  if (origin !== undefined && /^https?:/i.test(origin)) return /^https:/i.test(origin);
  const [first = ''] = String(said ?? '').split(',');
  return first.trim().toLowerCase() === 'https';
}
