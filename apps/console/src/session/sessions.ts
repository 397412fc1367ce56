import { createHash, randomBytes } from 'node:crypto';
import type { Operator } from '../http/operator.ts';

const ID_BYTES = 32;
/** Beyond it the one that was not used for the longest ends. */
const MAX_SESSIONS = 1_000;

export interface SessionLimits {
  readonly idleMs: number;
  readonly lifetimeMs: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

interface Session {
  readonly operator: Operator;
  readonly beganAt: number;
  readonly usedAt: number;
}

/**
 * Who has signed in, each login for itself. In memory alone: a restart ends them all, and with them those of whom the users file no longer names.
 *
 * Kept by the digest of the id, so that looking one up takes no time that tells of it.
 */
export class Sessions {
  /** The longest unused first. */
  private readonly byDigest = new Map<string, Session>();
  private readonly now: () => number;

  constructor(private readonly limits: SessionLimits) {
    this.now = limits.now ?? ((): number => performance.now());
  }

  /** @returns the id that the browser has to show */
  begin(operator: Operator): string {
    const [longestUnused] = this.byDigest.keys();
    if (this.byDigest.size >= MAX_SESSIONS && longestUnused !== undefined) this.byDigest.delete(longestUnused);
    const id = randomBytes(ID_BYTES).toString('base64url');
    const now = this.now();
    this.byDigest.set(digestOf(id), { operator, beganAt: now, usedAt: now });
    return id;
  }

  /**
   * Whose session it is; undefined if there is none, or it has ended.
   *
   * @param isUse whether somebody wants something, rather than a page that refreshes what it shows
   */
  operatorOf(id: string, isUse: boolean): Operator | undefined {
    const digest = digestOf(id);
    const session = this.byDigest.get(digest);
    if (session === undefined) return undefined;
    const now = this.now();
    const { idleMs, lifetimeMs } = this.limits;
    const isOver = now - session.usedAt >= idleMs || now - session.beganAt >= lifetimeMs;
    if (isOver || isUse) this.byDigest.delete(digest);
    if (isOver) return undefined;
    if (isUse) this.byDigest.set(digest, { ...session, usedAt: now });
    return session.operator;
  }

  end(id: string | undefined): void {
    if (id !== undefined) this.byDigest.delete(digestOf(id));
  }
}

function digestOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
