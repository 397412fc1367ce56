import type { FaultKind } from './faults.ts';

/** One call, in order of arrival. */
export interface LedgerEntry {
  /** 1 for the first call after a start or a reset. */
  readonly seq: number;
  /** Wall clock at arrival, milliseconds since the epoch. */
  readonly at: number;
  /** Monotonic milliseconds since the simulator's start, at arrival of the request's head. */
  readonly inMs: number;
  /** The same clock when the answer's last byte was handed to the system, or the connection ended; null while in flight. */
  outMs: number | null;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** The documented path with its placeholders, or `unknown`. */
  readonly route: string;
  tokenOk: boolean;
  /** Which account the token belongs to: not the token itself. */
  account: string | null;
  /** null while in flight, and if no status was sent. */
  status: number | null;
  fault: FaultKind | null;
  /** Whether the call took effect, or would have if it had not been a repeat. */
  applied: boolean;
  /** It repeated a unique key, so Extole answered 2xx and did nothing. */
  deduplicated: boolean;
  /** A call with the same account and partner_event_id had taken effect before. */
  repeated: boolean;
  /** Another call of the same user was in flight when it arrived. */
  overlap: boolean;
  eventName: string | null;
  partnerUserId: string | null;
  partnerEventId: string | null;
  bytes: number;
  sha256: string | null;
  /** The raw body; null before it is read, and once so many later calls have come that it was dropped. */
  body: string | null;
}

export interface LedgerFilter {
  readonly eventName?: string | undefined;
  readonly partnerUserId?: string | undefined;
  readonly partnerEventId?: string | undefined;
  readonly path?: string | undefined;
}

export interface LedgerSummary {
  readonly calls: number;
  readonly kept: number;
  readonly byPath: Readonly<Record<string, number>>;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byEventName: Readonly<Record<string, number>>;
  readonly applied: number;
  readonly deduplicated: number;
  readonly repeated: number;
  readonly overlaps: number;
  readonly faults: number;
  readonly tokensRefused: number;
}

export interface LedgerBounds {
  /** The latest so many calls are kept. */
  readonly entries: number;
  /** The latest so many of them with their bodies. */
  readonly bodies: number;
}

/** Every call that the simulator got, within bounds; its counts go on where the bounds end. */
export class Ledger {
  /** A ring: the entry of `seq` is at `(seq - 1) % bounds.entries`. */
  private readonly entries: LedgerEntry[] = [];
  private lastSeq = 0;
  private readonly byPath = new Map<string, number>();
  private readonly byStatus = new Map<string, number>();
  private readonly byEventName = new Map<string, number>();
  private readonly totals = { applied: 0, deduplicated: 0, repeated: 0, overlaps: 0, faults: 0, tokensRefused: 0 };
  /** The applied events among the kept entries, to know a repeat by. */
  private readonly appliedEvents = new Map<string, number>();

  constructor(private readonly bounds: LedgerBounds) {}

  /** Notes an arrival. The caller completes the entry as the call goes on, and settles it at the end. */
  open(arrival: Pick<LedgerEntry, 'at' | 'inMs' | 'method' | 'path' | 'query' | 'route'>): LedgerEntry {
    const entry: LedgerEntry = {
      seq: ++this.lastSeq,
      at: arrival.at,
      inMs: arrival.inMs,
      outMs: null,
      method: arrival.method,
      path: arrival.path,
      query: arrival.query,
      route: arrival.route,
      tokenOk: false,
      account: null,
      status: null,
      fault: null,
      applied: false,
      deduplicated: false,
      repeated: false,
      overlap: false,
      eventName: null,
      partnerUserId: null,
      partnerEventId: null,
      bytes: 0,
      sha256: null,
      body: null,
    };
    const slot = (entry.seq - 1) % this.bounds.entries;
    const evicted = this.entries[slot];
    if (evicted !== undefined) this.forgetEvent(evicted);
    this.entries[slot] = entry;
    const bodiless = this.at(entry.seq - this.bounds.bodies);
    if (bodiless !== undefined) bodiless.body = null;
    return entry;
  }

  /** Notes that an entry's call has taken effect, and whether the same event had done so before. */
  apply(entry: LedgerEntry): void {
    entry.applied = true;
    const key = eventKey(entry);
    if (key === undefined) return;
    entry.repeated = this.appliedEvents.has(key);
    this.appliedEvents.set(key, entry.seq);
  }

  /** Counts a call that has ended. */
  settle(entry: LedgerEntry): void {
    add(this.byPath, `${entry.method} ${entry.route}`);
    add(this.byStatus, entry.status === null ? 'none' : String(entry.status));
    if (entry.eventName !== null) add(this.byEventName, entry.eventName);
    this.totals.applied += Number(entry.applied);
    this.totals.deduplicated += Number(entry.deduplicated);
    this.totals.repeated += Number(entry.repeated);
    this.totals.overlaps += Number(entry.overlap);
    this.totals.faults += Number(entry.fault !== null);
    this.totals.tokensRefused += Number(!entry.tokenOk);
  }

  /** The kept entries from sequence number `from` on that match, in order. Lazy: stops where the caller stops. */
  *from(from: number, filter: LedgerFilter = {}): Generator<LedgerEntry> {
    const first = Math.max(from, this.lastSeq - this.bounds.entries + 1, 1);
    for (let seq = first; seq <= this.lastSeq; seq++) {
      const entry = this.at(seq);
      if (entry !== undefined && matches(entry, filter)) yield entry;
    }
  }

  summary(): LedgerSummary {
    return {
      calls: this.lastSeq,
      kept: this.entries.length,
      byPath: Object.fromEntries(this.byPath),
      byStatus: Object.fromEntries(this.byStatus),
      byEventName: Object.fromEntries(this.byEventName),
      ...this.totals,
    };
  }

  private at(seq: number): LedgerEntry | undefined {
    const entry = this.entries[(seq - 1) % this.bounds.entries];
    return entry?.seq === seq ? entry : undefined;
  }

  private forgetEvent(entry: LedgerEntry): void {
    const key = eventKey(entry);
    if (key !== undefined && this.appliedEvents.get(key) === entry.seq) this.appliedEvents.delete(key);
  }
}

function eventKey(entry: LedgerEntry): string | undefined {
  return entry.partnerEventId === null ? undefined : `${entry.account} ${entry.partnerEventId}`;
}

function matches(entry: LedgerEntry, { eventName, partnerUserId, partnerEventId, path }: LedgerFilter): boolean {
  return (
    (eventName === undefined || entry.eventName === eventName) &&
    (partnerUserId === undefined || entry.partnerUserId === partnerUserId) &&
    (partnerEventId === undefined || entry.partnerEventId === partnerEventId) &&
    (path === undefined || entry.path === path)
  );
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
