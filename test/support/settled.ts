import { withAdmin } from './test-kafka.ts';
import type { TestStack } from './test-stack.ts';
import { waitFor } from './wait-for.ts';

/**
 * Waits until the group has committed everything that is in the events topic now or comes meanwhile. A commit follows the outcomes (P8), so from
 * then on the topics can be judged.
 */
export async function untilSettled({ topics, env, forwarders }: TestStack, timeoutMs = 60_000): Promise<void> {
  await withAdmin(async (admin) => {
    let lag = 'unknown';
    await waitFor(
      async () => {
        const ends = await admin.fetchTopicOffsets(topics.events);
        const [group] = await admin.fetchOffsets({ groupId: env['FORWARDER_GROUP_ID'] ?? '', topics: [topics.events] });
        const committed = new Map(group?.partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]));
        const behind = ends.map(({ partition, high }) => Number(high) - (committed.get(partition) ?? 0));
        lag = behind.join(', ');
        return behind.every((records) => records === 0);
      },
      {
        timeoutMs,
        intervalMs: 100,
        describe: () => {
          const outputs = forwarders.filter(({ isRunning }) => isRunning).map((forwarder) => forwarder.tail());
          return `everything to be delivered and committed (records behind, by partition: ${lag}); the forwarders say:\n${outputs.join('\n---\n')}`;
        },
      },
    );
  }, env['KAFKA_BROKERS']);
}

/** Waits until Extole has got `count` calls. */
export async function untilCalls({ extole }: Pick<TestStack, 'extole'>, count: number): Promise<void> {
  let calls = 0;
  await waitFor(async () => (calls = (await extole.summary()).calls) >= count, {
    intervalMs: 10,
    describe: () => `${count} calls to Extole (got ${calls})`,
  });
}
