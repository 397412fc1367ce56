import { callsFor, repeatsAmong } from './support/extole-calls.ts';
import { moveGroup } from './support/group-offsets.ts';
import { numberedEvents, sendInBatches } from './support/numbered-events.ts';
import { untilSettled } from './support/settled.ts';
import { withAdmin } from './support/test-kafka.ts';
import { startStack, type TestStack } from './support/test-stack.ts';

const DAY_MS = 86_400_000;
const PARTITIONS = 2;

/** What retention would do to outcomes that are older than their topic keeps them: a broker goes by the configuration alone. */
async function outcomesAreKept({ topics }: TestStack): Promise<number> {
  return withAdmin(async (admin) => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: topics.outcomes, configNames: ['retention.ms'] }],
    });
    return Number(resources[0]?.configEntries[0]?.configValue);
  });
}

describe('events that are kept for longer than repeats are known', () => {
  it.each(['is moved back to the beginning', 'has lost its offsets'])(
    'are not sent again when the group %s',
    async (what) => {
      const stack = await startStack({ partitions: PARTITIONS, env: { DEDUP_WINDOW: '1d', EVENTS_RETENTION: '30d' } });
      const events = numberedEvents({ total: 300, users: 30, prefix: 'kept' });
      await sendInBatches(stack.segment, events);
      await untilSettled(stack);
      expect(await outcomesAreKept(stack)).toBeGreaterThanOrEqual(31 * DAY_MS);

      await stack.forwarders[0]?.terminate();
      const beginning = Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, offset: '0' }));
      if (what.startsWith('is moved')) await moveGroup(stack, beginning);
      else await withAdmin((admin) => admin.deleteGroups([stack.env['FORWARDER_GROUP_ID'] ?? '']));
      // On another machine: no checkpoint tells what has ended.
      await stack.startForwarder();
      const more = numberedEvents({ total: 30, users: 30, prefix: 'more' });
      await sendInBatches(stack.segment, more);
      await untilSettled(stack);
      const calls = callsFor([...events, ...more], await stack.extole.ledger());
      expect(calls).toHaveLength(events.length + more.length);
      expect(repeatsAmong(calls)).toEqual([]);
    },
    90_000,
  );
});
