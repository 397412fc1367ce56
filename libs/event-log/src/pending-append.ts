import type { AppendedRecord } from './appended-record.ts';
import type { QueuedAppend } from './append-queue.ts';
import type { EncodedRecord } from './encoded-record.ts';

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

/** What a record adds around its key, value and headers: lengths, deltas and attributes as varints, at most. */
const RECORD_OVERHEAD = 40;
const HEADER_OVERHEAD = 10;

/** An upper bound of a record's size on the wire, in bytes. */
export function sizeOf({ key, value, headers }: EncodedRecord): number {
  let bytes = RECORD_OVERHEAD + Buffer.byteLength(key) + (value?.length ?? 0);
  for (const [name, text] of Object.entries(headers))
    bytes += HEADER_OVERHEAD + Buffer.byteLength(name) + Buffer.byteLength(text);
  return bytes;
}
