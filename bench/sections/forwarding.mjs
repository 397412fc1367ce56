import { join } from 'node:path';
import { FORWARDING } from '../contestants/forwarding.mjs';
import { deliver } from '../lib/deliver.mjs';
import { LATENCY_MS } from '../lib/destination.mjs';
import { backlog } from '../lib/events.mjs';
import { fixed, markdownTable, spread, whole } from '../lib/format.mjs';
import { prepared, turned } from '../lib/prepared.mjs';
import { over } from '../lib/statistics.mjs';
import { TopicSet } from '../lib/topic-set.mjs';

const PARTITIONS = 12;
const REPEATS = 0.05;

/** A backlog of events to the destination: everybody with the same topic, one after the other, in turning order. */
export const forwarding = {
  id: 'forwarding',
  title: 'A backlog to the destination',
  async run(bench) {
    const { events, users, rounds, concurrencies } = bench.scale.forwarding;
    const contestants = await prepared(FORWARDING, bench);
    const results = [];
    for (let round = 0; round < rounds; round++) {
      for (const concurrency of concurrencies) {
        const order = turned(contestants, round);
        results.push(...(await oneRound(bench, { order, round, concurrency, events, users })));
      }
    }
    return { events, users, rounds, concurrencies, results };
  },
  report,
};

async function oneRound(bench, { order, round, concurrency, events, users }) {
  const { brokers, destination, nodeArgs } = bench;
  const name = bench.named(`f${round}-${concurrency}`);
  const fill = async (prefix) => {
    const topics = await TopicSet.create({ brokers, prefix, partitions: PARTITIONS });
    return { topics, written: await topics.write(backlog({ total: events, users, repeats: REPEATS })) };
  };
  const shared = await fill(`${name}.`);
  const results = [];
  for (const { contestant, program } of order) {
    const { id, title, drops, promises, limitMs, needsOwnTopics } = contestant;
    const { topics, written } = needsOwnTopics ? await fill(`${name}-${id}.`) : shared;
    const label = `${title}, ${concurrency} in flight, round ${round + 1}`;
    results.push(
      await bench.progress.step(label, async (detail) => {
        const folder = join(bench.folder, `${name}-${id}`);
        const group = `${name}-${id}`;
        const calls = drops ? written.messages : written.total;
        const options = { brokers, topics, group, destination, concurrency, folder, calls, nodeArgs };
        const measured = await deliver({
          destination,
          start: async () => contestant.start(options, program),
          isEnough: ({ events: received, calls: made }) => received >= written.messages && made >= calls,
          limitMs,
        });
        const { by, ...figures } = measured;
        await by.stop();
        detail(`${whole(figures.callsPerSecond)} calls/s`);
        const outcomes = promises ? await topics.outcomes() : undefined;
        if (promises) checkOutcomes(outcomes, written);
        if (needsOwnTopics) await topics.delete();
        return { id, round, concurrency, ...figures, outcomes };
      }),
    );
  }
  await shared.topics.delete();
  return results;
}

/** With every promise on: each record has its outcome in the log, and it is the right one. */
function checkOutcomes({ delivered, duplicate, ...others }, { total, messages }) {
  if (delivered === messages && (duplicate ?? 0) === total - messages && Object.keys(others).length === 0) return;
  throw new Error(
    `the outcomes are not those of the backlog: ${JSON.stringify({ delivered, duplicate, ...others })} of ${total}`,
  );
}

function report({ events, users, rounds, concurrencies, results }) {
  const head = [
    '',
    'calls/s',
    'of the latency limit',
    'CPU ms per 1,000 calls',
    'with its start',
    'peak RSS MB',
    'order errors, overlaps',
    'repeats',
  ];
  const tables = concurrencies.map((concurrency) => {
    const limit = (concurrency * 1_000) / LATENCY_MS;
    const rows = FORWARDING.flatMap(({ id, title }) => {
      const own = results.filter((result) => result.id === id && result.concurrency === concurrency);
      if (own.length === 0) return [];
      const speed = over(own, ({ callsPerSecond }) => callsPerSecond);
      const errors = own.map(({ summary }) => summary.outOfOrder + summary.overlaps);
      return [
        [
          title,
          spread(speed),
          `${whole((100 * speed.median) / limit)} %`,
          spread(over(own, ({ cpuMsDelivering, calls }) => (1_000 * cpuMsDelivering) / calls)),
          spread(over(own, ({ cpuMs, calls }) => (1_000 * cpuMs) / calls)),
          spread(over(own, ({ peakMb }) => peakMb)),
          whole(Math.max(...errors)),
          whole(Math.max(...own.map(({ summary }) => summary.repeats))),
        ],
      ];
    });
    return `${concurrency} in flight (limit by latency: ${whole(limit)} calls/s)\n\n${markdownTable(head, rows)}`;
  });
  return [
    `${whole(events)} events of ${whole(users)} users, ${REPEATS * 100} % repeats, ${PARTITIONS} partitions, ${rounds} rounds: median (least to most).`,
    ...tables,
    ratios(results, concurrencies),
  ].join('\n\n');
}

/** Round by round, so that what slowed both down in a round does not count. */
function ratios(results, concurrencies) {
  const lines = concurrencies.flatMap((concurrency) => {
    const of = (id) => results.filter((result) => result.id === id && result.concurrency === concurrency);
    return FORWARDING.filter(({ id }) => id !== 'ours' && of(id).length > 0 && of('ours').length > 0).map(({ id, title }) => {
      const pairs = of(id).map((other) => ({ other, ours: of('ours').find(({ round }) => round === other.round) }));
      const speed = over(pairs, ({ other, ours }) => ours.callsPerSecond / other.callsPerSecond);
      const cpu = over(pairs, ({ other, ours }) => ours.cpuMsDelivering / ours.calls / (other.cpuMsDelivering / other.calls));
      return [`${concurrency}: ours to ${title}`, spread(speed, fixed), spread(cpu, fixed)];
    });
  });
  return lines.length === 0 ? '' : markdownTable(['in flight', 'speed ratio', 'CPU per call ratio'], lines);
}
