import type { AppendedRecord } from './appended-record.ts';
import type { QueuedAppend } from './append-queue.ts';
import type { EncodedRecord } from '../records/encoded-record.ts';

/** An append whose caller waits for the position. Settles once; what comes later is ignored. */
export class PendingAppend implements QueuedAppend {
  private isSettled = false;

  constructor(
    readonly record: EncodedRecord,
    readonly partition: number,
    readonly bytes: number,
    readonly deadline: number,
    private readonly onResolve: (appended: AppendedRecord) => void,
    private readonly onReject: (error: Error) => void,
  ) {}

  get settled(): boolean {
    return this.isSettled;
  }

  resolve(appended: AppendedRecord): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.onResolve(appended);
  }

  reject(error: Error): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.onReject(error);
  }
}
