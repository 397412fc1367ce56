import type { TopicPartition } from '../group/topic-partition.ts';
import type { LogSink } from '../log-sink.ts';
import type { Undecodable } from '../records/record-headers.ts';

/** Records that nobody of ours wrote: each is counted, and one line is written for each partition and reason, however many there are. */
export class UndecodableRecords {
  private readonly told = new Set<string>();

  constructor(
    private readonly log: LogSink,
    private readonly count: (topic: string) => void = () => undefined,
  ) {}

  met({ topic, partition }: TopicPartition, { offset, reason }: Undecodable): void {
    this.count(topic);
    const key = `${topic}/${partition}/${reason}`;
    if (this.told.has(key)) return;
    this.told.add(key);
    this.log.warn('record_undecodable', { topic, partition, offset: Number(offset), reason });
  }
}
