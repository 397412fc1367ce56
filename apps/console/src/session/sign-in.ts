import { createHash, timingSafeEqual } from 'node:crypto';
import { digestOfToken, isUserToken, type ConsoleSettings } from '#config';
import type { Logger } from '#observability';
import { BY_TOKEN, type Operator } from '../http/operator.ts';
import { WrongLogins } from './wrong-logins.ts';

/** What becomes of a token that somebody shows. */
export type SignedIn =
  | { readonly kind: 'known'; readonly operator: Operator }
  | { readonly kind: 'wrong' }
  /** It was not looked at. */
  | { readonly kind: 'too-soon'; readonly waitMs: number };

/** Tells who has a token; wrong ones are logged with the address that they come from, which then has to wait. */
export class SignIn {
  constructor(
    private readonly settings: Pick<ConsoleSettings, 'token' | 'users'>,
    private readonly log: Logger,
    private readonly wrong = new WrongLogins(),
  ) {}

  /** Whether there is any token to be shown. */
  get takesTokens(): boolean {
    const { token, users } = this.settings;
    return token !== undefined || users.some(({ tokenDigest }) => tokenDigest !== undefined);
  }

  /** @param address of whoever shows it */
  with(token: string, address: string): SignedIn {
    const waitMs = this.wrong.waitMs(address);
    if (waitMs > 0) return { kind: 'too-soon', waitMs };
    const operator = this.holderOf(token);
    if (operator === undefined) {
      this.log.warn('login_refused', { address, count: this.wrong.add(address) });
      return { kind: 'wrong' };
    }
    this.wrong.forget(address);
    return { kind: 'known', operator };
  }

  /** All are compared at every check, in constant time. */
  private holderOf(shown: string): Operator | undefined {
    const { token, users } = this.settings;
    const digest = digestOfToken(shown);
    const byToken = token !== undefined && isEqual(digestOfToken(token), digest) ? BY_TOKEN : undefined;
    const named = users.filter(({ tokenDigest }) => tokenDigest !== undefined && isEqual(tokenDigest, digest));
    // Only what is random may be known by its digest alone.
    const user = isUserToken(shown) ? named[0] : undefined;
    return user === undefined ? byToken : { name: user.name, roles: user.roles };
  }
}

/** Of equal length whatever the texts are, as `timingSafeEqual` needs it. */
function isEqual(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
