import { createRequire } from 'node:module';

interface ConsumerGroupInstance {
  readonly groupId: string;
  /** When kafkajs last sent a heartbeat, on the wall clock. */
  lastRequest: number;
}

interface ConsumerGroupClass {
  prototype: { heartbeat(this: ConsumerGroupInstance, options: { interval: number }): Promise<void> };
}

/** By group: when the heartbeat that is under way was begun (monotonic milliseconds). */
const begunAt = new Map<string, number>();
let installed = false;

/**
 * When the heartbeat of `groupId` that is under way was begun (monotonic milliseconds); undefined if none is.
 *
 * kafkajs tells of a heartbeat when its answer is read. In a process that was frozen in between, that is any time later, when the
 * coordinator may long have given the partitions away: only the beginning counts (P8).
 */
export function heartbeatBegunAt(groupId: string): number | undefined {
  return begunAt.get(groupId);
}

/** Has kafkajs 2.2.4 send its heartbeats whatever the wall clock does, and notes when each was begun. */
export function clockHeartbeats(monotonicNow: () => number): void {
  if (installed) return;
  installed = true;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup.js') as ConsumerGroupClass;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its instance below
  const heartbeat = prototype.heartbeat;
  prototype.heartbeat = async function (options) {
    // After a step of the wall clock back by an hour, the next one would be due in an hour, and the session over in ten seconds.
    if (this.lastRequest > Date.now()) this.lastRequest = 0;
    // Whoever asks for one while another is under way gets that one.
    if (begunAt.has(this.groupId)) return heartbeat.call(this, options);
    begunAt.set(this.groupId, monotonicNow());
    try {
      await heartbeat.call(this, options);
    } finally {
      begunAt.delete(this.groupId);
    }
  };
}
