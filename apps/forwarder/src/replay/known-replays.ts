import type { ReplayProgress, ReplayRequest } from '#delivery';
import { toOffset, type Offset } from '#segment';

/** One partition of a replay, which somebody has asked for and nobody has finished. */
export interface OpenPartition {
  readonly request: ReplayRequest;
  readonly partition: number;
  readonly from: Offset;
  readonly to: Offset;
  /** How far it has got; undefined if nobody has begun. */
  readonly progress: ReplayProgress | undefined;
}

/** What the topic and this process's own reports say of the replays of one source: which were asked for, and how far each has got. */
export class KnownReplays {
  private readonly requests = new Map<string, ReplayRequest>();
  private readonly progress = new Map<string, ReplayProgress>();

  requested(request: ReplayRequest): void {
    this.requests.set(request.run, request);
  }

  /**
   * What the topic says may be older than what this process knows: its own last report may not have come back yet, and a former owner's
   * may have come late. Going on at an older place would send again what `redeliver` has just sent.
   */
  progressed(progress: ReplayProgress): void {
    const key = replayKey(progress.run, progress.partition);
    const known = this.progress.get(key);
    if (known === undefined || progress.done || (!known.done && progress.next >= known.next)) this.progress.set(key, progress);
  }

  /** What its operator wants of a replay now; undefined if the topic does not know it. */
  stateOf(run: string): ReplayRequest['state'] | undefined {
    return this.requests.get(run)?.state;
  }

  /** What is to be carried out, in the order in which it was asked for. */
  get open(): OpenPartition[] {
    return [...this.requests.values()]
      .filter(({ state }) => state !== 'cancelled')
      .flatMap((request) =>
        request.ranges.map(({ partition, from, to }) => ({
          request,
          partition,
          from,
          to,
          progress: this.progress.get(replayKey(request.run, partition)),
        })),
      )
      .filter(({ progress }) => progress?.done !== true);
  }
}

/** Where an owner begins its partition: at the last known progress, or at the beginning of what the live log has passed. */
export function replayStart(
  { request, partition, from, to, progress }: OpenPartition,
  /** Only what lies before: a record must not be in the driver twice. */
  frontier: Offset,
  wallMs: number,
): ReplayProgress {
  const end = toOffset(Math.min(progress?.to ?? to, to, frontier));
  // Beyond the frontier, where a group was moved back since or another program has written, records are in the hands of the live log.
  if (progress !== undefined) return { ...progress, to: end, next: toOffset(Math.min(progress.next, end)) };
  return {
    run: request.run,
    partition,
    next: toOffset(Math.min(from, end)),
    to: end,
    done: false,
    scanned: 0,
    results: {},
    settled: {},
    at: new Date(wallMs).toISOString(),
  };
}

/** Names one partition of one replay. */
export function replayKey(run: string, partition: number): string {
  return `${run}/${partition}`;
}
