import { setTimeout as pass } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { atTestEnd } from '../../support/test-end.ts';
import { withAdmin } from '../../support/test-kafka.ts';

const EVERY_MS = 50;

/** Asks Kafka over and over about a consumer group: who is in it, and where its commits stand. */
export class GroupWatch {
  /** Members in the last answer of a stable group. */
  memberCount = 0;
  /** How often a committed offset was lower than before. */
  stepsBack = 0;
  private readonly committed = new Map<number, number>();
  /** When Kafka was asked, each time that it then named a single member (wall clock, milliseconds). */
  private readonly alone: number[] = [];
  private stopping = false;
  private readonly running: Promise<void>;

  constructor(private readonly options: { readonly groupId: string; readonly topic: string; readonly brokers: string }) {
    this.running = withAdmin((admin) => this.watch(admin), options.brokers);
    atTestEnd(() => this.stop());
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  /** The last time from `from` on at which nobody had yet joined the one member; `from` itself if somebody had at once. */
  lastSeenAlone(from: number): number {
    let last = from;
    for (const at of this.alone) {
      if (at < from) continue;
      if (at - last > 20 * EVERY_MS) break;
      last = at;
    }
    return last;
  }

  private async watch(admin: Admin): Promise<void> {
    const { groupId, topic } = this.options;
    while (!this.stopping) {
      const askedAt = Date.now();
      const [{ groups }, [offsets]] = await Promise.all([
        admin.describeGroups([groupId]),
        admin.fetchOffsets({ groupId, topics: [topic] }),
      ]);
      const [group] = groups;
      if (group?.state === 'Stable') {
        this.memberCount = group.members.length;
        if (this.memberCount === 1) this.alone.push(askedAt);
      }
      for (const { partition, offset } of offsets?.partitions ?? []) this.note(partition, Number(offset));
      await pass(EVERY_MS);
    }
  }

  private note(partition: number, offset: number): void {
    if (offset < (this.committed.get(partition) ?? -1)) this.stepsBack += 1;
    this.committed.set(partition, offset);
  }
}
