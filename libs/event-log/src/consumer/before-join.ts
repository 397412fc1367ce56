import { createRequire } from 'node:module';

interface ConsumerGroupInstance {
  readonly groupId: string;
  readonly topicsSubscribed: readonly string[];
  readonly instrumentationEmitter: object;
}

interface ConsumerGroupClass {
  prototype: { joinAndSync(this: ConsumerGroupInstance): Promise<void> };
}

const hooks = new Map<string, () => Promise<void>>();

/**
 * Has `hook` awaited each time before a consumer of `groupId` in this process (re)joins its group.
 *
 * kafkajs has no awaitable revoke callback: its REBALANCING event does not wait, and by GROUP_JOIN the partitions may already
 * belong to others. Joining is the last moment at which this member still owns what it had, so draining happens here.
 *
 * @returns takes the hook away again.
 */
export function beforeJoin(groupId: string, hook: () => Promise<void>): () => void {
  installOnce();
  hooks.set(groupId, hook);
  return () => {
    if (hooks.get(groupId) === hook) hooks.delete(groupId);
  };
}

let installed = false;

function installOnce(): void {
  if (installed) return;
  installed = true;
  const ConsumerGroup = createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup.js') as ConsumerGroupClass;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its instance below
  const joinAndSync = ConsumerGroup.prototype.joinAndSync;
  ConsumerGroup.prototype.joinAndSync = async function (this: ConsumerGroupInstance): Promise<void> {
    await hooks.get(this.groupId)?.();
    await joinAndSync.call(this);
  };
}
