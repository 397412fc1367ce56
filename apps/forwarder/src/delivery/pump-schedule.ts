import type { Now, PumpResult } from '#delivery';
import { readClock } from '../clock.ts';

/** When a source is pumped: after something has happened, at the moment that its last pump named, and never again once closed. */
export class PumpSchedule {
  private isDue = false;
  private wakeTimer: NodeJS.Timeout | undefined;
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
    const { more, wakeAt } = this.pump(now);
    clearTimeout(this.wakeTimer);
    if (this.closed) return;
    if (more) this.request();
    else if (wakeAt !== undefined)
      this.wakeTimer = setTimeout(() => this.request(), Math.max(1, Math.ceil(wakeAt - now.monotonicMs)));
  }
}
