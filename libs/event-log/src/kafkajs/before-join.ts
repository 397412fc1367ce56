import { aroundGroup, type Around } from './around-group.ts';

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
  aroundGroup('joinAndSync', hookThenJoin);
  hooks.set(groupId, hook);
  return () => {
    if (hooks.get(groupId) === hook) hooks.delete(groupId);
  };
}

const hookThenJoin: Around = async ({ groupId }, join) => {
  await hooks.get(groupId)?.();
  await join();
};
