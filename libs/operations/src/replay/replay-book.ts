import type { ReplayCounts, ReplayProgress, ReplayRequest, ReplayResult, ReplayState } from '#delivery';
import type { ReplayRecord } from '#event-log';

/** A replay as the topic tells it so far. */
export interface KnownReplay {
  readonly request: ReplayRequest;
  /** By partition; absent where nobody has taken it up. */
  readonly progress: ReadonlyMap<number, ReplayProgress>;
}

/** Where a replay stands, over all of its partitions. */
export interface ReplayFigures {
  /** `done` if all of it is; else what operators want of it. */
  readonly state: ReplayState | 'done';
  /** Offsets to go through. */
  readonly total: number;
  /** Of them done. */
  readonly done: number;
  readonly results: ReplayCounts;
  readonly partitions: number;
  readonly partitionsTakenUp: number;
  readonly partitionsDone: number;
}

/** Everything that a replays topic says. */
export class ReplayBook {
  private readonly requests = new Map<string, ReplayRequest>();
  private readonly progress = new Map<string, Map<number, ReplayProgress>>();

  take(record: ReplayRecord): void {
    if (record.type === 'request') {
      this.requests.set(record.request.run, record.request);
      return;
    }
    if (record.type !== 'progress') return;
    const { progress } = record;
    const known = this.progress.get(progress.run) ?? new Map<number, ReplayProgress>();
    this.progress.set(progress.run, known);
    const last = known.get(progress.partition);
    // A former owner's report may come late.
    if (last === undefined || progress.done || (!last.done && progress.next >= last.next))
      known.set(progress.partition, progress);
  }

  replay(run: string): KnownReplay | undefined {
    const request = this.requests.get(run);
    return request && { request, progress: this.progress.get(run) ?? new Map<number, ReplayProgress>() };
  }

  /** Latest first. */
  get replays(): KnownReplay[] {
    return [...this.requests.keys()]
      .sort()
      .reverse()
      .flatMap((run) => this.replay(run) ?? []);
  }
}

export function figuresOf({ request, progress }: KnownReplay): ReplayFigures {
  let [total, done, partitionsTakenUp, partitionsDone] = [0, 0, 0, 0];
  let results: ReplayCounts = {};
  for (const { partition, from, to } of request.ranges) {
    const known = progress.get(partition);
    // The owner cuts a range at what the live log has finished.
    total += Math.max(0, (known?.to ?? to) - from);
    if (known === undefined) continue;
    partitionsTakenUp++;
    if (known.done) partitionsDone++;
    done += Math.max(0, known.next - from);
    results = sumOf(results, known.results);
  }
  const partitions = request.ranges.length;
  const state = partitionsDone === partitions ? 'done' : request.state;
  return { state, total, done, results, partitions, partitionsTakenUp, partitionsDone };
}

export function sumOf(a: ReplayCounts, b: ReplayCounts): ReplayCounts {
  const sum: Partial<Record<ReplayResult, number>> = { ...a };
  for (const [name, count] of Object.entries(b) as [ReplayResult, number][]) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/** Success is a replay that came to its end and left no dead letter behind. */
export function exitCodeOf({ state, results }: Pick<ReplayFigures, 'state' | 'results'>): 0 | 1 {
  return state === 'done' && (results['dead-lettered'] ?? 0) === 0 ? 0 : 1;
}
