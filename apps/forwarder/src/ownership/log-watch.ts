import { setTimeout as delay } from 'node:timers/promises';
import { placeOf, type Witness } from '#delivery';
import { isOutOfRange, type ConsumedRecords, type PartitionReader } from '#event-log';
import { errorFields, type Logger } from '#observability';
import { readClock } from '../clock.ts';
import type { OwnershipMetrics } from '../status/ownership-metrics.ts';
import type { LogTransport } from '../transport/log-transport.ts';
import { LogPlaceError, type BrokenPlace } from './log-place-error.ts';
import type { OwnedPartition } from './owned-partition.ts';
import { standingAt } from './restore-partition.ts';

const RETRY_MS = 1_000;
const POLL_MS = 50;
/** Leaders move, and others' transactions end: so long nothing is said of it. */
const PATIENCE_MS = 5_000;

export interface LogWatchOptions {
  readonly reader: PartitionReader;
  readonly transport: Pick<LogTransport, 'seek' | 'resumeFrom' | 'pause'>;
  readonly metrics: OwnershipMetrics;
  readonly log: Logger;
}

/**
 * Whether the log of a partition that is being delivered is still the one that it was (P1, docs/adr/0017). What arrives is doubted where it was appended
 * under another leader than what came before, or after the partition could not be read, or after a silence; what is not doubted is looked at now and then.
 */
export class LogWatch {
  constructor(
    private readonly options: LogWatchOptions,
    /** The partition is to be restored anew: there it will be said what has become of its log. */
    private readonly restoreAnew: (owned: OwnedPartition) => Promise<void>,
  ) {}

  /** Hands what was read over to the partition's driver, at once or as soon as it is known that they stand behind those of before; or never. */
  take(owned: OwnedPartition, read: ConsumedRecords, handOver: (read: ConsumedRecords) => void): void {
    // What comes meanwhile is fetched again.
    if (owned.isDoubted) return;
    const { monotonicMs: now } = readClock();
    const proceed = () => {
      owned.arrived.note(read.messages, now);
      handOver(read);
    };
    if (!owned.arrived.doubts(read.messages, now)) return proceed();
    this.options.transport.pause(owned.place);
    void this.check(owned, proceed);
  }

  /** The consumer cannot read on. A topic that is made anew is away for a moment. */
  async failed(owned: OwnedPartition, failure: Error): Promise<void> {
    if (isOutOfRange(failure)) return this.check(owned);
    const { topic, partition } = owned.place;
    const { monotonicMs: now } = readClock();
    const wasSaid = owned.reading.at(now) !== undefined;
    owned.arrived.interrupted();
    owned.reading.met(`${topic} partition ${partition} cannot be read: ${failure.message}`, PATIENCE_MS, now);
    if (!wasSaid && owned.reading.at(now) !== undefined)
      this.options.log.warn('partition_not_read', { ...owned.place, ...errorFields(failure) });
  }

  /** Looks whether the log is still the same, unless somebody does; `proceed` if it is. Whatever comes of it, the intake goes on where the driver stands, or not at all. */
  async check(owned: OwnedPartition, proceed: () => void = () => undefined): Promise<void> {
    if (owned.isDoubted) return;
    owned.isDoubted = true;
    const place = await this.placeOf(owned);
    if (place === undefined) return;
    if (place.kind === 'contiguous') {
      owned.isDoubted = false;
      owned.arrived.confirmed(readClock().monotonicMs);
      proceed();
      owned.resumeIntake(this.options.transport);
    } else await this.end(owned, place);
  }

  /** Undefined if it was given up meanwhile. */
  private async placeOf(owned: OwnedPartition): Promise<ReturnType<typeof placeOf> | undefined> {
    const { reader, log } = this.options;
    const { place, givenUp } = owned;
    while (!givenUp.aborted) {
      try {
        const bounds = await reader.bounds(place.topic, place.partition);
        const witness = furthest(owned.arrived.last, owned.driver?.state.witness);
        const standing = await standingAt(reader, owned.runtime, place, bounds, witness, givenUp);
        const next = owned.arrivedNext;
        return placeOf({ bounds, next, missing: Math.max(0, bounds.start - next), witness, standing });
      } catch (error) {
        if (givenUp.aborted) return undefined;
        log.debug('log_read_failed', { ...place, ...errorFields(error) });
        await delay(RETRY_MS);
      }
    }
    return undefined;
  }

  /** What was read of the log that is no more stands nowhere else: it is delivered first. */
  private async end(owned: OwnedPartition, place: BrokenPlace): Promise<void> {
    const { transport, metrics, log } = this.options;
    transport.pause(owned.place);
    const error = new LogPlaceError(owned.source, owned.place, place);
    owned.broke(`${error.message}. What was read before is delivered first`);
    metrics.logBroken(owned, place);
    log.error('log_broken', {
      ...owned.place,
      kind: place.kind,
      ...errorFields(error),
    });
    while (!owned.givenUp.aborted && !owned.isIdle) await delay(POLL_MS);
    if (!owned.givenUp.aborted) await this.restoreAnew(owned);
  }
}

function furthest(one: Witness | undefined, other: Witness | undefined): Witness | undefined {
  return (one?.offset ?? -1) > (other?.offset ?? -1) ? one : other;
}
