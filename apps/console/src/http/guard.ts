import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback, type ConsoleRole, type ConsoleSettings } from '#config';
import type { Logger } from '#observability';
import { hostNameOf, isOfAnotherSite } from '#same-site';
import { Sessions } from '../session/sessions.ts';
import { SignIn } from '../session/sign-in.ts';
import { cookieOf } from './cookie.ts';
import { isPublicName } from './public-name.ts';
import { LOCAL, type Operator } from './operator.ts';
import { isSafe, type RouteAccess } from './route-access.ts';
import { TrustedProxy } from './trusted-proxy.ts';

/** What another site's page cannot send without being allowed to by CORS, which is never on: the guard against forged requests. */
export const GUARD_HEADER = 'x-bridge-console';
/** Its value where nobody wants anything: the page refreshes what it shows, which keeps no session alive. */
export const REFRESH = 'refresh';

/** What the guard looks at of a request. */
export interface GuardedRequest extends RouteAccess {
  readonly method: string;
  /** Of the connection. */
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
}

export type GuardDecision =
  | { readonly kind: 'allowed'; readonly operator: Operator | undefined; readonly sessionId?: string }
  | {
      readonly kind: 'refused';
      readonly status: 401 | 403 | 429;
      readonly message: string;
      /** Seconds; of a 429. */
      readonly retryAfter?: number;
    };

type Refused = Extract<GuardDecision, { kind: 'refused' }>;
type Allowed = Extract<GuardDecision, { kind: 'allowed' }>;

const NOBODY: Allowed = { kind: 'allowed', operator: undefined };

/** The settings that say who may do what. */
export type GuardSettings = Pick<
  ConsoleSettings,
  'token' | 'users' | 'trustedProxy' | 'trustedUserHeader' | 'sessionIdleMs' | 'sessionLifetimeMs'
>;

/** Who may do what. Without any way to sign in everybody who reaches the port from this machine may do everything. */
export class Guard {
  readonly sessions: Sessions;
  readonly signIn: SignIn;
  readonly proxy: TrustedProxy;

  constructor(settings: GuardSettings, log: Logger) {
    this.sessions = new Sessions({ idleMs: settings.sessionIdleMs, lifetimeMs: settings.sessionLifetimeMs });
    this.signIn = new SignIn(settings, log);
    this.proxy = new TrustedProxy(settings);
  }

  /** Whether one has to say who one is. */
  get asksWho(): boolean {
    return this.signIn.takesTokens || this.proxy.signsIn;
  }

  decide(request: GuardedRequest): GuardDecision {
    const { method, isOpen, isForPrograms, headers } = request;
    const host = hostNameOf(headers.host ?? '');
    // Where nobody signs in only the address protects the port, and a page whose name resolves to 127.0.0.1 would reach it (DNS rebinding).
    if (!this.asksWho && !isLoopback(host))
      return refused(
        403,
        'without CONSOLE_TOKEN the console answers to localhost only: set CONSOLE_TOKEN, or use http://localhost',
      );
    const isClosed = !isOpen || (isForPrograms && isPublicName(host));
    if (!isClosed && isSafe(method)) return this.known(request) ?? NOBODY;
    if (isOfAnotherSite(headers))
      return refused(
        403,
        "only the console's own page may ask this: open the console itself, and let a proxy in front of it hand the Host header on",
      );
    const known = this.known(request);
    const shown = known ?? (isClosed ? this.byToken(request) : NOBODY);
    if (shown.kind === 'refused') return shown;
    // Only a token that is shown in the request is itself what no other page can send.
    const isForgeable = known !== undefined || !isClosed;
    if (!isSafe(method) && isForgeable && headers[GUARD_HEADER] === undefined)
      return refused(403, `send the header ${GUARD_HEADER}: 1 along`);
    return isClosed ? permitted(shown, request.needs) : shown;
  }

  /** Known without showing a token: from this machine, by the proxy, or by a session. */
  private known(request: GuardedRequest): Allowed | undefined {
    if (!this.asksWho) return { kind: 'allowed', operator: LOCAL };
    const proxied = this.proxy.operatorOf(request);
    if (proxied !== undefined) return { kind: 'allowed', operator: proxied };
    const sessionId = cookieOf(request.headers);
    if (sessionId === undefined) return undefined;
    const guard = request.headers[GUARD_HEADER];
    const operator = this.sessions.operatorOf(sessionId, guard !== undefined && guard !== REFRESH);
    return operator === undefined ? undefined : { kind: 'allowed', operator, sessionId };
  }

  private byToken(request: GuardedRequest): GuardDecision {
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined || !this.signIn.takesTokens) return refused(401, this.howToSignIn);
    const signedIn = this.signIn.with(token, this.proxy.clientOf(request));
    switch (signedIn.kind) {
      case 'known':
        return { kind: 'allowed', operator: signedIn.operator };
      case 'wrong':
        return refused(401, this.howToSignIn);
      case 'too-soon':
        return tooSoon(signedIn.waitMs);
    }
  }

  private get howToSignIn(): string {
    return this.signIn.takesTokens
      ? 'sign in with CONSOLE_TOKEN or a token of your own, or send it as Authorization: Bearer'
      : 'open the console through the proxy that signs you in: it is known by CONSOLE_TRUSTED_PROXY';
  }
}

/** Somebody at this address has shown wrong tokens: no other one is looked at before then. */
export function tooSoon(waitMs: number): Refused {
  const retryAfter = Math.ceil(waitMs / 1_000);
  const message = `too many wrong tokens from this address: try again in ${retryAfter} s`;
  return { kind: 'refused', status: 429, message, retryAfter };
}

function permitted(shown: Allowed, needs: ConsoleRole): GuardDecision {
  const { operator } = shown;
  if (operator === undefined || operator.roles.includes(needs)) return shown;
  return refused(403, `${operator.name} lacks the role ${needs}: it is given in CONSOLE_USERS_FILE`);
}

function refused(status: Refused['status'], message: string): Refused {
  return { kind: 'refused', status, message };
}
