/** No answer makes us wait longer than this: a proxy's mistake must not park an account for days. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * The wait that a `Retry-After` header asks for, in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3), at most an hour, never negative.
 *
 * @param now milliseconds since the epoch.
 * @returns undefined if there is no header or it says neither.
 */
export function retryAfterMs(header: string | string[] | undefined, now: number): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, MAX_RETRY_AFTER_MS);
  // Only what looks like a date with a name of a day: Date.parse takes nearly anything, `-5` and `1.5` among it.
  const at = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.min(Math.max(at - now, 0), MAX_RETRY_AFTER_MS);
}
