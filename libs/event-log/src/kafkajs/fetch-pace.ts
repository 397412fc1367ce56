import { aroundGroup, type Around, type ConsumerGroup } from './around-group.ts';

/** Each long poll costs the same whether it brings anything or not: what a forwarder without work costs. It also bounds how long a stop waits. */
export const IDLE_WAIT_MS = 500;
/** How long a partition that is resumed may wait for its first fetch, while partitions come and go. */
const BUSY_WAIT_MS = 20;
/** The same where the same partitions have been paused for a while: an account that is away, a user with a huge backlog. */
const STUCK_WAIT_MS = 200;
const STUCK_AFTER_MS = 2_000;

/** Which partitions a group had paused at its latest fetch, and since when (monotonic milliseconds). */
const pauses = new WeakMap<ConsumerGroup, { readonly paused: string; readonly since: number }>();

/**
 * Has a kafkajs 2.2.4 consumer wait for records only shortly while one of its partitions is paused.
 *
 * A fetch is of the partitions that were not paused when it began, and the next one waits for it: a partition that is resumed meanwhile waits for as long as
 * the others have nothing to say, or, where all were paused, while kafkajs sleeps. A backlog that pauses its partitions often would stand still most of the time.
 */
export function paceFetches(): void {
  aroundGroup('fetch', paced);
}

const paced: Around = async (group, fetch) => {
  group.maxWaitTime = waitOf(group);
  return fetch();
};

function waitOf(group: ConsumerGroup): number {
  const paused = group
    .paused()
    .map(({ topic, partitions }) => `${topic}:${partitions.join()}`)
    .join(' ');
  const now = performance.now();
  const before = pauses.get(group);
  if (before?.paused !== paused) pauses.set(group, { paused, since: now });
  if (paused === '') return IDLE_WAIT_MS;
  return before?.paused === paused && now - before.since >= STUCK_AFTER_MS ? STUCK_WAIT_MS : BUSY_WAIT_MS;
}
