/** How to reach one Extole account. */
export interface ExtoleClientOptions {
  /** `https://api.extole.io`; may have a path, as behind a gateway. */
  readonly baseUrl: string;
  readonly accessToken: string;
  /** Which endpoint events go to: `/v6/async-events` or `/v6/events` (wire.md 2.1). */
  readonly mode: 'async' | 'sync';
  /** For a whole call: connection, headers and the last byte of the body. */
  readonly timeoutMs: number;
  /** Most connections at once; unlimited where absent, for a caller that bounds its calls itself. */
  readonly connections?: number;
}

/** Options that no call could be made with. The message never holds the value: it may be a secret. */
export class ExtoleOptionsError extends Error {
  readonly code = 'EXTOLE_OPTIONS_INVALID';

  constructor(message: string) {
    super(message);
    this.name = 'ExtoleOptionsError';
  }
}

/** The base URL as undici wants it: where to connect, and what every path begins with (no slash at its end). */
export function splitBaseUrl(baseUrl: string): { origin: string; prefix: string } {
  if (!URL.canParse(baseUrl)) throw new ExtoleOptionsError('baseUrl is no URL');
  const url = new URL(baseUrl);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new ExtoleOptionsError('baseUrl must begin with https:// or http://');
  if (url.username !== '' || url.password !== '') throw new ExtoleOptionsError('baseUrl must not hold credentials');
  if (url.search !== '' || url.hash !== '') throw new ExtoleOptionsError('baseUrl must not have a query or a fragment');
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') };
}

/** A header's value must be visible ASCII: a token with a line break (read from a file, say) would be refused at every call. */
export function bearer(accessToken: string): string {
  if (!/^[\x21-\x7e]+$/.test(accessToken))
    throw new ExtoleOptionsError('accessToken is empty or holds a space, a line break or a non-ASCII character');
  return `Bearer ${accessToken}`;
}
