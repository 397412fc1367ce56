import type { Now, PumpResult } from '#delivery';
import { readClock } from '../clock.ts';

/** When a source is pumped: after something has happened, at the moment that its last pump named, and never again once closed. */
export class PumpSchedule {
  private isDue = false;
  private wakeTimer: NodeJS.Timeout | undefined;
  /** When that rings, on the monotonic clock. */
  private wakesAt = Infinity;
  private closed = false;

  constructor(private readonly pump: (now: Now) => PumpResult) {}

  /** Many things happen in one turn of the event loop; one pump after all of them is enough. */
  request(): void {
    if (this.isDue || this.closed) return;
    this.isDue = true;
    setImmediate(() => this.run());
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.wakeTimer);
  }

  private run(): void {
    this.isDue = false;
    const now = readClock();
    const { more, wakeAt = Infinity } = this.pump(now);
    if (this.closed) return;
    if (more) this.request();
    // One that rings too early is pumped for nothing, once; a new one for each call would be made for nothing nearly always.
    else if (wakeAt < this.wakesAt) this.wake(wakeAt, now.monotonicMs);
  }

  private wake(at: number, now: number): void {
    clearTimeout(this.wakeTimer);
    this.wakesAt = at;
    this.wakeTimer = setTimeout(
      () => {
        this.wakesAt = Infinity;
        this.request();
      },
      Math.max(1, Math.ceil(at - now)),
    );
  }
}
