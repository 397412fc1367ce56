import { REPLAY_RESULTS, type ReplayCounts } from '#delivery';
import type { ReplayFigures } from '#operations';

const BAR_WIDTH = 24;
const SPEED_WINDOW_MS = 10_000;

/** How fast a count has grown over the last seconds. */
export class Speed {
  private readonly samples: { readonly at: number; readonly count: number }[] = [];

  /** Takes the count at a moment on the monotonic clock; returns what it grows by in a second. */
  perSecond(count: number, at: number): number {
    // Before it begins to move it has no speed, and that time must not count once it does.
    if (this.samples.every((sample) => sample.count === count)) this.samples.length = 0;
    this.samples.push({ at, count });
    while (this.samples.length > 2 && at - (this.samples[0]?.at ?? at) > SPEED_WINDOW_MS) this.samples.shift();
    const first = this.samples[0];
    return first === undefined || first.at === at ? 0 : Math.max(0, ((count - first.count) / (at - first.at)) * 1_000);
  }
}

/** `####----  42%  4,200 of 10,000 records  310/s  0:19 left  delivered 120, skipped 3`. */
export function progressLine({ total, done, results, state }: ReplayFigures, perSecond: number): string {
  const share = total === 0 ? 1 : done / total;
  const filled = Math.floor(share * BAR_WIDTH);
  return [
    '#'.repeat(filled) + '-'.repeat(BAR_WIDTH - filled),
    `${String(Math.floor(share * 100)).padStart(3)}%`,
    `${grouped(done)} of ${grouped(total)} records`,
    state === 'running' ? `${grouped(Math.round(perSecond))}/s` : state,
    ...(state === 'running' && perSecond > 0 ? [`${durationOf((total - done) / perSecond)} left`] : []),
    countsLine(results),
  ].join('  ');
}

/** `delivered 120, skipped 3`; `nothing yet` if nothing has ended. */
export function countsLine(results: ReplayCounts): string {
  const counts = REPLAY_RESULTS.flatMap((name) => {
    const count = results[name];
    return count === undefined ? [] : [`${name} ${grouped(count)}`];
  });
  return counts.length === 0 ? 'nothing yet' : counts.join(', ');
}

/** `12,345`, the same everywhere. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1:02:03`, `0:19`. */
function durationOf(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = String(rest).padStart(2, '0');
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${String(minutes).padStart(2, '0')}:${tail}`;
}
