import { createRequire } from 'node:module';

interface ConsumerGroupInstance {
  readonly groupId: string;
  memberId: string | null;
  /** Null before the first join. */
  readonly generationId: number | null;
}

interface ConsumerGroupClass {
  prototype: {
    joinAndSync(this: ConsumerGroupInstance): Promise<void>;
    leave(this: ConsumerGroupInstance): Promise<void>;
  };
}

/** By group: Kafka's id of this process as a member that has not left. */
const memberIds = new Map<string, string>();
let installed = false;

/**
 * Has a kafkajs 2.2.4 consumer that starts anew after a crash join its group as the member that it was.
 *
 * A crash, such as an outage of the broker, has kafkajs begin with a new membership, while the coordinator still waits for the former one: it keeps the group
 * from settling until that one's session is over, so that each outage would be followed by ten seconds in which nobody delivers. A coordinator that has given
 * the former member up says so, and kafkajs joins as a new one: then others may have owned its partitions meanwhile (P8), and the new id tells.
 */
export function keepMemberIdOverRestarts(): void {
  if (installed) return;
  installed = true;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup.js') as ConsumerGroupClass;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with their instance below
  const { joinAndSync, leave } = prototype;
  prototype.joinAndSync = async function () {
    // Only at its first join: an instance that has lost its id since was told so by the coordinator.
    if (this.generationId === null) this.memberId ??= memberIds.get(this.groupId) ?? null;
    await joinAndSync.call(this);
    if (this.memberId !== null) memberIds.set(this.groupId, this.memberId);
  };
  prototype.leave = async function () {
    // Not if it fails: then the coordinator still counts on us.
    await leave.call(this);
    memberIds.delete(this.groupId);
  };
}
