/**
 * How a call goes wrong.
 *
 * - `status`: the error answer of `status` (default 500) and `code`.
 * - `slow`: the true answer, after `latencyMs`.
 * - `hang`: no answer; the connection stays open until the caller ends it.
 * - `reset`: the connection is reset without an answer.
 * - `half`: the true answer's head and half of its body, then a reset.
 * - `trickle`: the true answer, one byte every `latencyMs` (default 100).
 * - `garbage`: a 200 whose body is no JSON.
 * - `redirect`: a redirect (`status`, default 302) to a path that does not exist here, so that a caller who follows it shows in the ledger.
 * - `empty204`: a 204 without a body, Extole's sign of a misrouted request.
 */
export const FAULT_KINDS = ['status', 'slow', 'hang', 'reset', 'half', 'trickle', 'garbage', 'redirect', 'empty204'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Which calls a fault is for: those for which every given field is equal. None given: all calls. */
export interface FaultMatch {
  /** Exact, or a prefix if it ends in `*`. */
  readonly path?: string;
  readonly eventName?: string;
  readonly partnerUserId?: string;
  readonly partnerEventId?: string;
  /** The account's token, for a fault of one account among several. */
  readonly token?: string;
}

export interface Fault {
  readonly match?: FaultMatch;
  readonly kind: FaultKind;
  readonly status?: number;
  readonly code?: string;
  readonly retryAfterSeconds?: number;
  /** 0 to 1; default 1. */
  readonly probability?: number;
  /** How many calls it is for; default all. */
  readonly times?: number;
  /** Milliseconds before the answer, instead of the general latency. */
  readonly latencyMs?: number;
  /** Whether the call takes effect all the same. Default: true for the kinds that send the true answer (`slow`, `half`, `trickle`). */
  readonly applied?: boolean;
}

/** What a fault is matched with. */
export interface FaultSubject {
  readonly path: string;
  readonly token: string | undefined;
  readonly eventName: string | null;
  readonly partnerUserId: string | null;
  readonly partnerEventId: string | null;
}

/** The faults in force, in order: the first one that matches is for the call. */
export class Faults {
  private readonly used: number[];

  constructor(
    private readonly faults: readonly Fault[],
    private readonly random: () => number = Math.random,
  ) {
    this.used = faults.map(() => 0);
  }

  /** The fault for a call, counted as used; undefined if the call goes well. */
  take(subject: FaultSubject): Fault | undefined {
    for (const [index, fault] of this.faults.entries()) {
      const used = this.used[index] ?? 0;
      if (used >= (fault.times ?? Infinity) || !matches(fault.match ?? {}, subject)) continue;
      if (this.random() >= (fault.probability ?? 1)) continue;
      this.used[index] = used + 1;
      return fault;
    }
    return undefined;
  }

  /** Each fault with how often it was used. */
  report(): readonly (Fault & { readonly used: number })[] {
    return this.faults.map((fault, index) => ({ ...fault, used: this.used[index] ?? 0 }));
  }
}

/** Whether a call with this fault takes effect. */
export function isApplied(fault: Fault | undefined): boolean {
  return fault === undefined || (fault.applied ?? ['slow', 'half', 'trickle'].includes(fault.kind));
}

function matches(match: FaultMatch, subject: FaultSubject): boolean {
  return (
    (match.path === undefined || pathMatches(match.path, subject.path)) &&
    (match.eventName === undefined || match.eventName === subject.eventName) &&
    (match.partnerUserId === undefined || match.partnerUserId === subject.partnerUserId) &&
    (match.partnerEventId === undefined || match.partnerEventId === subject.partnerEventId) &&
    (match.token === undefined || match.token === subject.token)
  );
}

function pathMatches(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}
