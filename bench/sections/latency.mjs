import { join } from 'node:path';
import { startForwarder, startIngest, WRITE_KEY } from '../lib/apps.mjs';
import { fixed, markdownTable, spread } from '../lib/format.mjs';
import { runLoad } from '../lib/load.mjs';
import { over } from '../lib/statistics.mjs';
import { goProgram } from '../lib/toolchain.mjs';
import { TopicSet } from '../lib/topic-set.mjs';

const PARTITIONS = 12;
const CONNECTIONS = 20;

/** From the moment at which the sender writes a request to the moment at which the destination has read the call: ingest, Kafka and forwarder together. */
export const latency = {
  id: 'latency',
  title: 'End to end at a steady rate',
  async run(bench) {
    const { rounds, seconds, perSecond } = bench.scale.latency;
    const sender = await goProgram('bench/load', bench.progress);
    const results = [];
    for (let round = 0; round < rounds; round++) {
      results.push(await bench.progress.step(`${perSecond} events/s, round ${round + 1}`, () => oneRound(bench, sender, round)));
    }
    return { rounds, seconds, perSecond, results };
  },
  report({ rounds, seconds, perSecond, results }) {
    const row = [
      'sender to destination',
      ...['p50', 'p99', 'max'].map((name) =>
        spread(
          over(results, ({ delayMs }) => delayMs[name]),
          (value) => fixed(value, 1),
        ),
      ),
    ];
    const answer = [
      'sender to the answer of ingest',
      ...['p50Ms', 'p99Ms', 'maxMs'].map((name) =>
        spread(
          over(results, ({ sent }) => sent[name]),
          (value) => fixed(value, 1),
        ),
      ),
    ];
    return `${perSecond} single events a second over ${CONNECTIONS} connections for ${seconds} s, ${rounds} rounds; milliseconds.\n\n${markdownTable(['', 'p50', 'p99', 'max'], [row, answer])}`;
  },
};

async function oneRound(bench, sender, round) {
  const { brokers, destination, nodeArgs, scale } = bench;
  const { seconds, perSecond } = scale.latency;
  const name = bench.named(`l${round}`);
  const folder = join(bench.folder, name);
  const topics = await TopicSet.create({ brokers, prefix: `${name}.`, partitions: PARTITIONS });
  const ingest = await startIngest({ brokers, topics, folder, nodeArgs });
  const forwarder = await startForwarder({ brokers, topics, group: name, destination, concurrency: 128, folder, nodeArgs });
  try {
    await forwarder.answering(`${forwarder.adminUrl}/health/ready`);
    const send = (run, counted) =>
      runLoad(sender, {
        address: ingest.address,
        path: '/v1/track',
        authorization: `Basic ${Buffer.from(`${WRITE_KEY}:`).toString('base64')}`,
        connections: CONNECTIONS,
        rate: perSecond,
        run,
        'warm-up': '0s',
        for: `${counted}s`,
      });
    await destination.reset();
    const warm = await send('warm', Math.max(1, seconds / 3));
    await destination.until(({ calls }) => calls >= warm.eventsSent, { by: forwarder });
    await destination.reset();
    const sent = await send('hot', seconds);
    const { delayMs, outOfOrder, overlaps, repeats } = await destination.until(({ calls }) => calls >= sent.eventsSent, {
      by: forwarder,
    });
    return { round, sent, delayMs, outOfOrder, overlaps, repeats };
  } finally {
    await ingest.stop();
    await forwarder.stop();
    await topics.delete();
  }
}
