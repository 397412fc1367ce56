import { join } from 'node:path';
import { startForwarder } from '../lib/apps.mjs';
import { deliver } from '../lib/deliver.mjs';
import { backlog } from '../lib/events.mjs';
import { fixed, markdownTable, whole } from '../lib/format.mjs';
import { TopicSet } from '../lib/topic-set.mjs';

const CONCURRENCY = 512;
const PARTITIONS = 12;
const EVENTS = 100_000;
const USERS = 6_000;

/** Backlogs that differ in one thing from the usual one. */
export const growth = {
  id: 'growth',
  title: 'Growth',
  async run(bench) {
    const { processes, backlogs, users, partitions } = bench.scale;
    const events = Math.min(EVENTS, processes.events);
    const cases = [
      ...processes.counts.map((count) => ({ title: `${count} ${count === 1 ? 'process' : 'processes'}`, count, events })),
      ...backlogs.map((total) => ({ title: `backlog of ${whole(total)}`, events: total })),
      ...users.map((count) => ({ title: `${whole(count)} users`, users: count, events })),
      ...partitions.map((count) => ({ title: `${count} partitions`, partitions: count, events })),
    ];
    const results = [];
    for (const [index, what] of cases.entries()) {
      results.push({ ...what, ...(await bench.progress.step(what.title, () => oneCase(bench, what, index))) });
    }
    return { results };
  },
  report({ results }) {
    const rows = results.map(({ title, events, callsPerSecond, cpuMs, calls, peakMb, errors }) => [
      title,
      whole(events),
      whole(callsPerSecond),
      fixed((1_000 * cpuMs) / calls, 0),
      whole(peakMb),
      whole(errors),
    ]);
    const head = [
      '',
      'events',
      'calls/s',
      'CPU ms per 1,000 calls, with the start',
      'peak RSS MB of a process',
      'order errors, repeats',
    ];
    return `One process, ${PARTITIONS} partitions, ${whole(USERS)} users, ${CONCURRENCY} in flight, unless it says otherwise.\n\n${markdownTable(head, rows)}`;
  },
};

async function oneCase(bench, { count = 1, events, users = USERS, partitions = PARTITIONS }, index) {
  const { brokers, destination, nodeArgs } = bench;
  const name = bench.named(`g${index}`);
  const folder = join(bench.folder, name);
  const topics = await TopicSet.create({ brokers, prefix: `${name}.`, partitions });
  await topics.write(backlog({ total: events, users: Math.min(users, events) }));
  const common = { brokers, topics, group: name, destination, concurrency: CONCURRENCY, folder, nodeArgs };
  const forwarders = [];
  try {
    const { summary, ...measured } = await deliver({
      destination,
      start: async () => {
        for (let number = 0; number < count; number++)
          forwarders.push(await startForwarder({ ...common, name: `forwarder-${number}` }));
        return forwarders[0];
      },
      isEnough: ({ events: received }) => received >= events,
    });
    return {
      callsPerSecond: measured.callsPerSecond,
      calls: measured.calls,
      cpuMs: forwarders.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
      peakMb: Math.max(...forwarders.map(({ memory }) => memory.peakMb)),
      errors: summary.outOfOrder + summary.overlaps + summary.repeats,
    };
  } finally {
    await Promise.all(forwarders.map((forwarder) => forwarder.stop()));
    await topics.delete();
  }
}
