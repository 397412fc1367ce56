import { HEARTBEAT_INTERVAL_MS } from '../group/group-consumer.ts';
import { aroundGroup, type Around, type ConsumerGroup } from './around-group.ts';
import { forgetHeartbeatFailure } from './heartbeats.ts';

const hooks = new Map<string, () => Promise<void>>();
/** By group: the consumer that joined last. */
const joining = new Map<string, ConsumerGroup>();

/**
 * Has `hook` awaited each time before a consumer of `groupId` in this process (re)joins its group.
 *
 * kafkajs has no awaitable revoke callback: its REBALANCING event does not wait, and by GROUP_JOIN the partitions may already
 * belong to others. Joining is the last moment at which this member still owns what it had, so draining happens here. Meanwhile its heartbeats go on:
 * a drain may take longer than a session, and a member that is given up in between loses its partitions to others while its calls are under way (P3).
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

/** The generation of the group that this process has joined last; GROUP_JOIN does not say it. */
export function generationOf(groupId: string): number | undefined {
  return joining.get(groupId)?.generationId ?? undefined;
}

const hookThenJoin: Around = async (group, join) => {
  const { groupId, generationId } = group;
  joining.set(groupId, group);
  const beats =
    generationId === null
      ? undefined
      : setInterval(
          () => void group.heartbeat({ interval: HEARTBEAT_INTERVAL_MS }).catch(() => undefined),
          HEARTBEAT_INTERVAL_MS,
        );
  try {
    await hooks.get(groupId)?.();
  } finally {
    clearInterval(beats);
  }
  await join();
  // What the former generation was told is no news of this one.
  forgetHeartbeatFailure(group);
};
