import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '#config';
import { isOfAnotherSite } from './other-site.ts';

/** The cookie that a browser gets for the token. */
export const COOKIE = 'bridge_console';
/** What another site's page cannot send without being allowed to by CORS, which is never on: the guard against forged requests. */
export const GUARD_HEADER = 'x-bridge-console';

/** What the guard looks at of a request. */
export interface GuardedRequest {
  readonly method: string;
  /** Of the route that has matched; false where none has. */
  readonly isOpen: boolean;
  readonly headers: IncomingHttpHeaders;
}

export type GuardDecision =
  { readonly kind: 'allowed' } | { readonly kind: 'refused'; readonly status: 401 | 403; readonly message: string };

const ALLOWED: GuardDecision = { kind: 'allowed' };

/** Who may do what. The token is compared in constant time; the cookie holds a digest of it, so that it ends with the token. */
export class Guard {
  private readonly tokenDigest: Buffer | undefined;
  readonly cookieValue: string | undefined;

  /** @param token `CONSOLE_TOKEN`; without one everybody who reaches the port may do everything. */
  constructor(token: string | undefined) {
    this.tokenDigest = token === undefined ? undefined : digestOf(token);
    this.cookieValue = token === undefined ? undefined : createHmac('sha256', token).update('console cookie').digest('hex');
  }

  get needsToken(): boolean {
    return this.tokenDigest !== undefined;
  }

  decide({ method, isOpen, headers }: GuardedRequest): GuardDecision {
    // Without a token only the address protects the port, and a page whose name resolves to 127.0.0.1 would reach it (DNS rebinding).
    if (!this.needsToken && !isLoopback(hostOf(headers.host ?? '')))
      return refused(
        403,
        'without CONSOLE_TOKEN the console answers to localhost only: set CONSOLE_TOKEN, or use http://localhost',
      );
    const isSafe = method === 'GET' || method === 'HEAD';
    if (isOpen && isSafe) return ALLOWED;
    if (isOfAnotherSite(headers))
      return refused(
        403,
        "only the console's own page may ask this: open the console itself, and let a proxy in front of it hand the Host header on",
      );
    if (!isOpen && !this.isSignedIn(headers))
      return refused(401, 'sign in with CONSOLE_TOKEN, or send it as Authorization: Bearer');
    if (!isSafe && headers[GUARD_HEADER] === undefined && !this.showsBearer(headers))
      return refused(403, `send the header ${GUARD_HEADER}: 1 along`);
    return ALLOWED;
  }

  isSignedIn(headers: GuardedRequest['headers']): boolean {
    if (!this.needsToken || this.showsBearer(headers)) return true;
    const cookie = cookieOf(headers.cookie ?? '');
    return this.cookieValue !== undefined && cookie !== undefined && isEqual(digestOf(cookie), digestOf(this.cookieValue));
  }

  isToken(token: string): boolean {
    return this.tokenDigest === undefined || isEqual(digestOf(token), this.tokenDigest);
  }

  private showsBearer(headers: GuardedRequest['headers']): boolean {
    const match = /^Bearer (.+)$/i.exec(headers.authorization ?? '');
    return match?.[1] !== undefined && this.needsToken && this.isToken(match[1]);
  }
}

/** Of equal length whatever the text is: what `timingSafeEqual` needs, and the length stays unknown. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function isEqual(a: Buffer, b: Buffer): boolean {
  return timingSafeEqual(a, b);
}

/** The name or address of a Host header, without its port. */
function hostOf(header: string): string {
  return header.replace(/:\d*$/, '').toLowerCase();
}

function cookieOf(header: string): string | undefined {
  const pairs = header.split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === COOKIE)?.[1];
}

function refused(status: 401 | 403, message: string): GuardDecision {
  return { kind: 'refused', status, message };
}
