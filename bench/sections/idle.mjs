import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { startForwarder, startIngest } from '../lib/apps.mjs';
import { fixed, markdownTable, whole } from '../lib/format.mjs';
import { TopicSet } from '../lib/topic-set.mjs';

const PARTITIONS = 12;
const SETTLE_MS = 3_000;

/** What an app costs that has nothing to do. */
export const idle = {
  id: 'idle',
  title: 'Idle',
  async run(bench) {
    const { brokers, destination, nodeArgs, scale } = bench;
    const folder = join(bench.folder, 'idle');
    const topics = await TopicSet.create({ brokers, prefix: `${bench.named('idle')}.`, partitions: PARTITIONS });
    const ingest = await startIngest({ brokers, topics, folder, nodeArgs });
    const forwarder = await startForwarder({
      brokers,
      topics,
      group: bench.named('idle'),
      destination,
      concurrency: 128,
      folder,
      nodeArgs,
    });
    try {
      await forwarder.answering(`${forwarder.adminUrl}/health/ready`);
      const results = await bench.progress.step(`${scale.idleSeconds} s of nothing`, () =>
        measure({ ingest, forwarder }, scale.idleSeconds),
      );
      return { seconds: scale.idleSeconds, results };
    } finally {
      await ingest.stop();
      await forwarder.stop();
      await topics.delete();
    }
  },
  report({ seconds, results }) {
    const rows = results.map(({ name, coreShare, nowMb, peakMb }) => [
      name,
      `${fixed(100 * coreShare)} %`,
      whole(nowMb),
      whole(peakMb),
    ]);
    return `Over ${seconds} s, ${PARTITIONS} partitions.\n\n${markdownTable(['', 'of a core', 'RSS MB', 'peak RSS MB, with the start'], rows)}`;
  },
};

async function measure(apps, seconds) {
  await pass(SETTLE_MS);
  const before = Object.values(apps).map(({ cpuMs }) => cpuMs);
  const from = performance.now();
  await pass(seconds * 1_000);
  const elapsed = performance.now() - from;
  return Object.entries(apps).map(([name, app], index) => ({
    name,
    coreShare: (app.cpuMs - before[index]) / elapsed,
    ...app.memory,
  }));
}
