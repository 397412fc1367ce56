import type { EncodedRecord } from '#event-log';
import { toOffset, type Position } from '#segment';
import type { RecordAppender } from '../intake/record-appender.ts';

export interface Appended {
  readonly topic: string;
  readonly record: EncodedRecord;
  readonly position: Position;
}

const PARTITIONS = 3;

/** A log in memory: gives out positions like Kafka, and shows what was written. */
export class RecordingAppender implements RecordAppender {
  readonly appended: Appended[] = [];
  private readonly ends = new Map<string, number>();
  private fault: ((record: EncodedRecord) => Error | undefined) | undefined;
  private gate: Promise<void> | undefined;

  async append(topic: string, record: EncodedRecord, partition = partitionOf(record.key)): Promise<Position> {
    const fault = this.fault?.(record);
    if (fault !== undefined) throw fault;
    const log = `${topic}:${partition}`;
    const offset = this.ends.get(log) ?? 0;
    this.ends.set(log, offset + 1);
    const position = { partition, offset: toOffset(offset) };
    this.appended.push({ topic, record, position });
    await this.gate;
    return position;
  }

  /** From now on, records for which `fault` returns an error are refused with it. */
  failWhen(fault: (record: EncodedRecord) => Error | undefined): void {
    this.fault = fault;
  }

  /** Acknowledges nothing until the returned function is called. */
  holdAcknowledgements(): () => void {
    let open = (): void => undefined;
    this.gate = new Promise((resolve) => {
      open = resolve;
    });
    return open;
  }

  /** The values of the records in topics whose name contains `part`, parsed. */
  values(part: string): unknown[] {
    return this.appended
      .filter(({ topic }) => topic.includes(part))
      .map(({ record }) => (record.value === null ? null : (JSON.parse(record.value.toString()) as unknown)));
  }
}

function partitionOf(key: string): number {
  return [...Buffer.from(key)].reduce((sum, byte) => sum + byte, 0) % PARTITIONS;
}
