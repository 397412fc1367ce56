import { aroundGroup, type Around } from './kafkajs-consumer-group.ts';

/** Each long poll costs the same whether it brings anything or not: what a forwarder without work costs. It also bounds how long a stop waits. */
export const IDLE_WAIT_MS = 500;
/** How long a partition that is resumed may wait for its first fetch. */
const PAUSED_WAIT_MS = 20;

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
  group.maxWaitTime = group.paused().length > 0 ? PAUSED_WAIT_MS : IDLE_WAIT_MS;
  return fetch();
};
