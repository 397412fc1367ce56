import { toOffset, type Offset } from '#segment';
import {
  KnownRecords,
  LogBreaks,
  LogComparison,
  PartitionState,
  placeOfState,
  readCheckpoint,
  writeCheckpoint,
  type LogPlace,
  type LogRecord,
  type Outcome,
  type Witness,
} from '../index.ts';
import { DeliveryBench, event, WINDOWS } from './delivery-bench.ts';
import { Random } from './random.ts';
import { fakeHash } from './simulated-event.ts';

const IDENTITY = { topic: 'events', cluster: 'c', partition: 0, hashKey: 'h' };

/** A record of the log, and whether somebody may have called for it without its outcome being known (P4). */
interface Standing {
  readonly record: LogRecord;
  calls: number;
  mayRepeat: boolean;
}

/** What a group has committed, and in which log. */
interface Commit {
  readonly offset: Offset;
  readonly log: number;
}

/**
 * One partition over several owners, between which its log is cut and filled again, is made anew, or loses its beginning; an operator accepts what is refused. Everything else
 * goes well: trouble of other kinds is the world's (world.ts).
 *
 * @returns what was broken, in words: a record that stands in the log is called or a repeat (P1), and once only, but for what was in doubt (P4).
 */
export function simulateCutLog(seed: number): string[] {
  const run = new CutLogRun(seed);
  run.run();
  return run.violations;
}

class CutLogRun {
  readonly violations: string[] = [];
  private readonly random: Random;
  /** By offset; what lies below the start is gone. */
  private log: Standing[] = [];
  private start = 0;
  private readonly outcomes: Outcome[] = [];
  private commit: Commit | undefined;
  private checkpoint: Buffer | undefined;
  private breaks = LogBreaks.none;
  /** An operator has accepted that what was not done below is gone. */
  private lostTo = 0;
  /** Records that are gone from the log's beginning, were never called, and of which nobody was told. */
  private missed: Standing[] = [];
  private messages = 0;
  private readonly called = new Set<string>();

  constructor(private readonly seed: number) {
    this.random = new Random(seed ^ 0xc07);
  }

  run(): void {
    const { random } = this;
    for (let owners = 2 + random.below(4); owners > 0; owners--) {
      this.append(random.below(12));
      this.own(owners === 1);
      if (owners > 1) this.trouble();
    }
    for (const { record } of this.log.slice(this.start))
      if (!this.called.has(record.messageId)) this.violate(`P1: ${record.messageId} at ${record.offset} was never called`);
  }

  private append(count: number): void {
    const { random } = this;
    for (let i = 0; i < count; i++) {
      const messageId = random.chance(0.1) ? `m${random.below(this.messages + 1)}` : `m${this.messages}`;
      this.messages++;
      const offset = this.log.length;
      // Where a sender's repeat stands at the very place of the first one, a log is not known for another by it (docs/adr/0017).
      const before = this.outcomes.some((outcome) => outcome.position.offset === offset && outcome.messageId === messageId);
      const said = { messageId: before ? `m${this.messages++}` : messageId };
      this.log.push({ record: event(offset, `u${random.below(4)}`, said), calls: 0, mayRepeat: false });
    }
  }

  private trouble(): void {
    const { random, log } = this;
    // A log is known by its outcomes alone (docs/adr/0017).
    if (!this.outcomes.some(({ position, log: at = 0 }) => at === this.breaks.log && position.offset >= this.start)) return;
    switch (random.below(5)) {
      case 0:
        log.splice(this.start + random.below(log.length - this.start + 1));
        break;
      case 1:
        this.log = [];
        this.start = 0;
        this.missed = [];
        break;
      case 2: {
        const start = this.start + random.below(log.length - this.start + 1);
        this.missed.push(...log.slice(this.start, start).filter(({ calls }) => calls === 0));
        this.start = start;
        break;
      }
      default:
    }
  }

  /** One owner from its restore to its end: by a crash, or, the last one, when all is done. */
  private own(isLast: boolean): void {
    const { random } = this;
    const bench = new DeliveryBench({ partitions: [] });
    const driver = bench.own(0, this.restored());
    let written = bench.outcomes.length;
    const acknowledge = () => {
      const fresh = bench.outcomes.slice(written, written + random.below(bench.outcomes.length - written + 1));
      written += fresh.length;
      this.outcomes.push(...fresh);
      bench.acknowledge(fresh.length);
    };
    let started = 0;
    const noteCalls = () => {
      for (const place of bench.called.slice(started)) this.callsFor(Number(place.split('/')[1]));
      started = bench.called.length;
    };
    for (let steps = isLast ? 2_000 : random.below(60); steps > 0; steps--) {
      const next = driver.figures.arrivedNext;
      if (isLast && next === this.log.length && driver.figures.lanes === 0 && driver.isQuiet) break;
      switch (random.below(5)) {
        case 0: {
          const records = this.log.slice(next, next + 1 + random.below(4)).map(({ record }) => record);
          if (records.length > 0) bench.arrive(...records);
          break;
        }
        case 1:
          if (bench.calling.length > 0) bench.answer(random.pick(bench.calling));
          break;
        case 2:
          acknowledge();
          break;
        case 3:
          if (driver.commitDue !== undefined) {
            this.commit = { offset: driver.commitDue, log: this.breaks.log };
            driver.commitAcknowledged(this.commit.offset);
          }
          break;
        default:
          if (random.chance(0.15) && driver.committedOffset !== undefined)
            this.checkpoint = writeCheckpoint(driver.state, IDENTITY, driver.committedOffset, fakeHash);
      }
      noteCalls();
    }
    this.crash(bench, written);
  }

  /** What was being called may have been taken; of the outcomes that were under way some are written. */
  private crash(bench: DeliveryBench, written: number): void {
    const under = bench.outcomes.slice(written);
    const kept = this.random.below(under.length + 1);
    this.outcomes.push(...under.slice(0, kept));
    for (const offset of [...bench.calling, ...under.slice(kept).map(({ position }) => position.offset)]) {
      const standing = this.log[offset];
      if (standing !== undefined) standing.mayRepeat = true;
    }
  }

  private callsFor(offset: number): void {
    const standing = this.log[offset];
    if (standing === undefined) return this.violate(`P1: offset ${offset} was called, which the log does not have`);
    this.called.add(standing.record.messageId);
    standing.calls++;
    if (standing.calls > 1 && !standing.mayRepeat) this.violate(`P4: offset ${offset} was called twice`);
    standing.mayRepeat = false;
  }

  // What the edge does (apps/forwarder's restore, and bridge topics accept) ---------------------------------------------------

  private restored(): PartitionState {
    for (let tries = 0; tries < 2; tries++) {
      const { state, hasBegun } = this.read();
      const place = placeOfState(state, this.bounds, this.standingAt(state.witness), hasBegun);
      if (place.kind === 'contiguous' || this.isAccepted(place)) {
        const isSilent =
          place.kind === 'contiguous' && hasBegun && this.missed.some(({ record }) => !this.called.has(record.messageId));
        if (isSilent) this.violate('P1: records are gone that were not called, and nobody is told');
        this.missed = [];
        state.frontier.finishGap(state.frontier.committable, this.bounds.start);
        return state;
      }
      this.accept();
    }
    this.violate('P1: what an operator has accepted is refused again');
    return this.read().state;
  }

  private read(): { readonly state: PartitionState; readonly hasBegun: boolean } {
    const { commit, breaks, outcomes, bounds } = this;
    const committed = breaks.committedHere(commit);
    const read = this.checkpoint && readCheckpoint(this.checkpoint, IDENTITY, WINDOWS, committed, breaks);
    const state = read?.kind === 'state' ? read.state : new PartitionState(committed ?? bounds.start, WINDOWS, { breaks });
    const hasBegun = commit !== undefined || state.outcomesNext > 0;
    for (const outcome of outcomes.slice(state.outcomesNext)) state.applyOutcome(outcome, Date.parse(outcome.at));
    state.outcomesNext = toOffset(outcomes.length);
    return { state, hasBegun };
  }

  private accept(): void {
    const { commit, breaks, bounds } = this;
    const committed = breaks.committedHere(commit);
    const known = new KnownRecords(breaks);
    for (const outcome of this.outcomes) known.take(outcome);
    const comparison = new LogComparison(bounds, known);
    this.log.slice(this.start).every(({ record }) => comparison.take(record));
    const lost = comparison.lost(committed);
    if (comparison.isAnother(committed)) this.breaks = breaks.with(comparison.agreed, toOffset(0));
    else if (lost === undefined) this.violate('P1: there is nothing to accept, and it is refused');
    this.lostTo = lost?.to ?? 0;
  }

  private isAccepted(place: LogPlace): boolean {
    return place.kind === 'hole' && place.from < this.lostTo;
  }

  private standingAt(witness: Witness | undefined): Witness | undefined {
    const record = witness && witness.offset >= this.start ? this.log[witness.offset]?.record : undefined;
    if (witness === undefined || record === undefined) return undefined;
    return { offset: record.offset, messageId: witness.isHashed === true ? fakeHash(record.messageId) : record.messageId };
  }

  private get bounds() {
    return { start: toOffset(this.start), end: toOffset(this.log.length) };
  }

  private violate(what: string): void {
    if (this.violations.length < 20) this.violations.push(`${what} (seed ${this.seed}, a cut log)`);
  }
}
