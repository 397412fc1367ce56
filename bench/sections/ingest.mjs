import { join } from 'node:path';
import { INGEST } from '../contestants/ingest.mjs';
import { fixed, markdownTable, spread, whole } from '../lib/format.mjs';
import { runLoad } from '../lib/load.mjs';
import { prepared, turned } from '../lib/prepared.mjs';
import { over } from '../lib/statistics.mjs';
import { goProgram } from '../lib/toolchain.mjs';
import { TopicSet } from '../lib/topic-set.mjs';

const PARTITIONS = 12;

const LOADS = [
  { id: 'batches', title: 'batches of 100, 8 connections', path: '/v1/batch', connections: 8, batch: 100 },
  { id: 'single-20', title: 'single events, 20 connections', path: '/v1/track', connections: 20, batch: 0 },
  { id: 'single-100', title: 'single events, 100 connections', path: '/v1/track', connections: 100, batch: 0 },
  // Half of what it has just taken as the most.
  {
    id: 'half',
    title: 'single events, 100 connections, at half of that rate',
    path: '/v1/track',
    connections: 100,
    batch: 0,
    half: 'single-100',
  },
];

/** Events over HTTP into Kafka, answered when all in-sync replicas have them. */
export const ingest = {
  id: 'ingest',
  title: 'HTTP to Kafka',
  async run(bench) {
    const { rounds, seconds } = bench.scale.ingest;
    const sender = await goProgram('bench/load', bench.progress);
    const contestants = await prepared(INGEST, bench);
    const results = [];
    for (let round = 0; round < rounds; round++) {
      for (const { contestant, program } of turned(contestants, round)) {
        const label = `${contestant.title}, round ${round + 1}`;
        const measured = await bench.progress.step(label, () => measure(bench, { contestant, program, sender, round, seconds }));
        results.push(...measured);
      }
    }
    return { rounds, seconds, results };
  },
  report,
};

async function measure(bench, { contestant, program, sender, round, seconds }) {
  const { brokers, nodeArgs } = bench;
  const results = [];
  for (const load of LOADS) {
    const name = bench.named(`i${round}-${contestant.id}-${load.id}`);
    const folder = join(bench.folder, name);
    const topics = await TopicSet.create({ brokers, prefix: `${name}.`, partitions: PARTITIONS });
    const process = await contestant.start({ brokers, topics, folder, nodeArgs, path: load.path }, program);
    try {
      const most = results.find(({ load: id }) => id === load.half);
      const send = (run, counted, rate) =>
        runLoad(sender, {
          address: process.address,
          path: load.path,
          authorization: contestant.authorization,
          connections: load.connections,
          batch: load.batch,
          run,
          rate: rate ?? 0,
          'warm-up': '0s',
          for: `${counted}s`,
        });
      // Warm first, since a process that takes events for months is warm.
      await send('warm', Math.max(1, seconds / 2));
      const before = process.cpuMs;
      const sent = await send('hot', seconds, most && most.requestsPerSecond / 2);
      const cpuMs = process.cpuMs - before;
      results.push({
        id: contestant.id,
        round,
        load: load.id,
        ...sent,
        requestsPerSecond: sent.requests / seconds,
        cpuMs,
        eventsPerCpuSecond: (1_000 * sent.eventsSent) / cpuMs,
        peakMb: process.memory.peakMb,
      });
    } finally {
      await process.stop();
      await topics.delete();
    }
  }
  return results;
}

function report({ rounds, seconds, results }) {
  const head = ['', 'events/s', 'CPU µs per event', 'p50 ms', 'p99 ms', 'peak RSS MB', 'refused'];
  const tables = LOADS.map(({ id: load, title }) => {
    const rows = INGEST.flatMap(({ id, title: who }) => {
      const own = results.filter((result) => result.id === id && result.load === load);
      if (own.length === 0) return [];
      return [
        [
          who,
          spread(over(own, ({ eventsPerSecond }) => eventsPerSecond)),
          spread(
            over(own, ({ eventsPerCpuSecond }) => 1e6 / eventsPerCpuSecond),
            (value) => fixed(value, 1),
          ),
          spread(
            over(own, ({ p50Ms }) => p50Ms),
            (value) => fixed(value, 1),
          ),
          spread(
            over(own, ({ p99Ms }) => p99Ms),
            (value) => fixed(value, 1),
          ),
          spread(over(own, ({ peakMb }) => peakMb)),
          whole(own.reduce((sum, { refused }) => sum + refused, 0)),
        ],
      ];
    });
    return `${title}\n\n${markdownTable(head, rows)}`;
  });
  return [`${rounds} rounds of ${seconds} s after a warm-up, median (least to most).`, ...tables, ratios(results)].join('\n\n');
}

function ratios(results) {
  const rows = LOADS.filter(({ half }) => half === undefined).flatMap(({ id: load, title }) => {
    const of = (id) => results.filter((result) => result.id === id && result.load === load);
    return INGEST.filter(({ id }) => id !== 'ours' && of(id).length > 0 && of('ours').length > 0).map(({ id, title: who }) => {
      const pairs = of(id).map((other) => ({ other, ours: of('ours').find(({ round }) => round === other.round) }));
      const speed = over(pairs, ({ other, ours }) => ours.eventsPerSecond / other.eventsPerSecond);
      const perCpu = over(pairs, ({ other, ours }) => ours.eventsPerCpuSecond / other.eventsPerCpuSecond);
      return [`${title}: ours to ${who.split(':')[0]}`, spread(speed, fixed), spread(perCpu, fixed)];
    });
  });
  return rows.length === 0 ? '' : markdownTable(['', 'events/s ratio', 'events per CPU second ratio'], rows);
}
