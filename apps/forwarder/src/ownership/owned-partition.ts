import type { PartitionDriver } from '#delivery';
import type { TopicPartition } from '#event-log';
import type { Offset } from '#segment';
import { readClock } from '../clock.ts';
import type { SourceRuntime } from '../delivery/source-runtime.ts';
import { ArrivalTimes } from '../status/arrival-times.ts';
import { OpenDeletions } from '../status/open-deletions.ts';
import type { LogTransport } from '../transport/log-transport.ts';
import type { FollowedPartition } from './deletions-follower.ts';
import { LastArrival } from './last-arrival.ts';
import { ReadTrouble } from './read-trouble.ts';

/** Where an owned partition stands: `restoring` ends as `delivering` or, if its log cannot be gone on with, as `refused`. */
export const OWNERSHIP_PHASES = ['restoring', 'delivering', 'refused'] as const;
export type OwnershipPhase = (typeof OWNERSHIP_PHASES)[number];

/** One partition of an events topic, from the assignment that gave it to this process until it is given up. */
export class OwnedPartition {
  readonly arrivals = new ArrivalTimes();
  readonly deletions = new OpenDeletions();
  readonly arrived = new LastArrival(readClock().monotonicMs);
  /** Why it cannot be read on. */
  readonly reading = new ReadTrouble();
  /** Whether its log is being looked at, or has turned out to be another one: nothing is taken in meanwhile. */
  isDoubted = false;
  /** Whether its restore has begun by what was accepted of its log until then. */
  isRestoreBegun = false;
  private readonly givingUp = new AbortController();
  private standing: OwnershipPhase = 'restoring';
  /** Why it is refused, or why its restore is taking long. */
  private trouble: string | undefined;
  private savedAt = readClock().monotonicMs;

  constructor(
    readonly runtime: SourceRuntime,
    readonly place: TopicPartition,
  ) {}

  get source(): string {
    return this.runtime.id;
  }

  get phase(): OwnershipPhase {
    return this.standing;
  }

  /** Absent until its state is restored. */
  get driver(): PartitionDriver | undefined {
    return this.runtime.delivery.driver(this.place.partition);
  }

  /** Monotonic milliseconds: when its checkpoint was written, or it was taken up. */
  get checkpointAt(): number {
    return this.savedAt;
  }

  /** Aborts when it is given up: what is still being read for it is of no use to anybody. */
  get givenUp(): AbortSignal {
    return this.givingUp.signal;
  }

  /** What keeps it from being delivered; undefined if nothing does. */
  get fault(): string | undefined {
    if (this.standing === 'delivering') return this.trouble ?? this.reading.at(readClock().monotonicMs);
    const { topic, partition } = this.place;
    return `${topic} partition ${partition} is ${this.standing}${this.trouble === undefined ? '' : `: ${this.trouble}`}`;
  }

  restored(): void {
    this.arrived.confirmed(readClock().monotonicMs);
    this.standing = 'delivering';
    this.trouble = undefined;
  }

  /** @param isFinal whether it is of no use to try again */
  restoreFailed(trouble: string, isFinal: boolean): void {
    this.trouble = trouble;
    if (isFinal) this.standing = 'refused';
  }

  /** Its log is not what it was. What was read of it is delivered; nothing more is taken in. */
  broke(trouble: string): void {
    this.isDoubted = true;
    this.trouble = trouble;
  }

  /** The first offset that has not arrived. */
  get arrivedNext(): Offset {
    return this.driver?.figures.arrivedNext ?? (0 as Offset);
  }

  /** Whether its driver has nothing left to do. */
  get isIdle(): boolean {
    const { driver } = this;
    return driver === undefined || (driver.figures.lanes === 0 && driver.isQuiet);
  }

  checkpointed(): void {
    this.savedAt = readClock().monotonicMs;
  }

  /** From now on nothing of it is called, committed or restored. */
  giveUp(): void {
    this.givingUp.abort();
    this.runtime.delivery.disown(this.place.partition);
  }

  /** After a join the fetch position stands at the committed offset: go on where the driver stands instead. */
  resumeIntake(transport: Pick<LogTransport, 'seek' | 'resumeFrom'>): void {
    const { driver } = this;
    if (driver === undefined || this.isDoubted) return;
    const { arrivedNext, paused } = driver.figures;
    if (paused) transport.seek(this.place, arrivedNext);
    else transport.resumeFrom(this.place, arrivedNext);
  }

  /** Its deletions partition, to be followed; undefined until there is a driver that could be told of them. */
  get followed(): FollowedPartition | undefined {
    const { runtime, driver, deletions } = this;
    if (driver === undefined) return undefined;
    const { partition } = driver;
    return {
      topic: runtime.topics.deletions,
      partition,
      next: () => driver.state.deletionsNext,
      readAgain: (from) => (driver.state.deletionsNext = from),
      read: (notices, next, provenAt) => {
        deletions.note(
          notices.map(({ fact }) => fact),
          (offset) => driver.state.frontier.isFinished(offset),
        );
        runtime.deletionsRead(partition, notices, next, provenAt);
      },
    };
  }
}
