import { once } from 'node:events';
import { pino, type DestinationStream } from 'pino';

/**
 * Stdout as the log's destination. A log agent that stalls must not stop deliveries, so lines are written without waiting for their reader. That leaves
 * lines in hand when the process ends, and the end must not wait for them for ever: see {@link LogOutput.settle}.
 */
export class LogOutput implements DestinationStream {
  private readonly stream = pino.destination({ dest: 1, sync: false });
  private isWriting = false;
  private readerIsGone = false;

  constructor() {
    this.stream.on('drain', () => (this.isWriting = false));
    // pino listens too, and writes nothing from then on.
    this.stream.on('error', () => (this.readerIsGone = true));
  }

  write(line: string): void {
    this.isWriting = true;
    this.stream.write(line);
  }

  /** Waits until each line is written, or can never be since nobody reads any more. False if its reader has stalled for `limitMs`. */
  async settle(limitMs: number): Promise<boolean> {
    if (!this.isSettled) await once(this.stream, 'drain', { signal: AbortSignal.timeout(limitMs) }).catch(() => undefined);
    return this.isSettled;
  }

  private get isSettled(): boolean {
    return this.readerIsGone || !this.isWriting;
  }
}
