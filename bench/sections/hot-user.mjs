import { join } from 'node:path';
import { startForwarder } from '../lib/apps.mjs';
import { deliver } from '../lib/deliver.mjs';
import { backlog } from '../lib/events.mjs';
import { fixed, markdownTable, spread, whole } from '../lib/format.mjs';
import { over } from '../lib/statistics.mjs';
import { TopicSet } from '../lib/topic-set.mjs';

const PARTITIONS = 12;
const USERS = 6_000;
const HOT_SHARE = 0.3;
const CONCURRENCY = 128;

/** The same events of many users, with and without those of one user who has 30 % of all. */
export const hotUser = {
  id: 'hot-user',
  title: 'A hot user',
  async run(bench) {
    const { others, rounds } = bench.scale.hotUser;
    const results = [];
    for (let round = 0; round < rounds; round++) {
      const kinds = round % 2 === 0 ? ['without', 'with'] : ['with', 'without'];
      for (const kind of kinds) {
        results.push(
          await bench.progress.step(`${kind} a hot user, round ${round + 1}`, () => oneRun(bench, others, kind, round)),
        );
      }
    }
    return { others, rounds, results };
  },
  report({ others, rounds, results }) {
    const of = (kind) => results.filter((result) => result.kind === kind);
    const rows = ['without', 'with'].map((kind) => [
      kind,
      spread(over(of(kind), ({ callsPerSecond }) => callsPerSecond)),
      spread(over(of(kind), ({ peakMb }) => peakMb)),
    ]);
    const ratio = over(
      of('with'),
      ({ round, callsPerSecond }) => callsPerSecond / of('without').find((other) => other.round === round).callsPerSecond,
    );
    const text = `${whole(others)} events of ${whole(USERS)} users, ${CONCURRENCY} in flight, ${rounds} rounds; with the hot user ${whole(others / (1 - HOT_SHARE))} events.`;
    return `${text}\n\n${markdownTable(['a user with 30 % of all events', "the others' calls/s", 'peak RSS MB'], rows)}\n\nThe others' throughput with the hot user to that without: ${spread(ratio, fixed)}.`;
  },
};

async function oneRun(bench, others, kind, round) {
  const { brokers, destination, nodeArgs } = bench;
  const name = bench.named(`h${round}-${kind}`);
  const folder = join(bench.folder, name);
  const topics = await TopicSet.create({ brokers, prefix: `${name}.`, partitions: PARTITIONS });
  const hot = kind === 'with' ? HOT_SHARE : 0;
  const events = [...backlog({ total: Math.round(others / (1 - hot)), users: USERS, hot })];
  await topics.write(events);
  const mine = (summary) => summary.classes['u'] ?? { calls: 0 };
  // How many of them are the others' is decided by the events themselves.
  const enough = events.filter(({ userId }) => userId.startsWith('u-')).length;
  const { by, summary, peakMb } = await deliver({
    destination,
    start: () => startForwarder({ brokers, topics, group: name, destination, concurrency: CONCURRENCY, folder, nodeArgs }),
    isEnough: (received) => mine(received).calls >= enough,
  });
  // The hot user's events would go on for minutes, one after the other.
  await by.stop('SIGKILL');
  await topics.delete();
  const { calls, firstMs, lastMs } = mine(summary);
  return { kind, round, callsPerSecond: (1_000 * calls) / (lastMs - firstMs), peakMb };
}
