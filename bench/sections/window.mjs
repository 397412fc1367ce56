import { join } from 'node:path';
import { SubjectHasher } from '#segment';
import { commonEnv, startForwarder, SUBJECT_HASH_KEY } from '../lib/apps.mjs';
import { backlog } from '../lib/events.mjs';
import { fixed, markdownTable, whole } from '../lib/format.mjs';
import { ROOT } from '../lib/places.mjs';
import { MeasuredProcess } from '../lib/process.mjs';
import { TopicSet } from '../lib/topic-set.mjs';

const PARTITIONS = 12;
const USERS = 100_000;

/** A full dedup window: how long a start takes that reads it back, one from checkpoints, and a replay that finds everything done. */
export const window = {
  id: 'window',
  title: 'Restore, and replay of what is done',
  async run(bench) {
    const results = [];
    for (const [index, keys] of bench.scale.windows.entries()) {
      results.push(
        await bench.progress.step(`a window of ${whole(keys)} keys`, (detail) => oneWindow(bench, keys, index, detail)),
      );
    }
    return { results };
  },
  report({ results }) {
    const rows = results.map(({ keys, restore, checkpoint, replay }) => [
      whole(keys),
      `${fixed(restore.seconds, 1)} s (${whole(keys / restore.seconds)}/s)`,
      whole(restore.peakMb),
      `${fixed(checkpoint.seconds, 1)} s`,
      whole(checkpoint.peakMb),
      `${fixed(replay.seconds, 1)} s (${whole(keys / replay.seconds)}/s)`,
    ]);
    const head = [
      'outcomes in the window',
      'restore from the topics',
      'peak RSS MB',
      'restore from checkpoints',
      'peak RSS MB',
      'replay that skips all',
    ];
    return `${PARTITIONS} partitions, one process. A restore counts from the assignment to the last partition's \`partition_restored\`.\n\n${markdownTable(head, rows)}`;
  },
};

async function oneWindow(bench, keys, index, detail) {
  const { brokers, destination, nodeArgs } = bench;
  const name = bench.named(`w${index}`);
  const folder = join(bench.folder, name);
  const topics = await TopicSet.create({ brokers, prefix: `${name}.`, partitions: PARTITIONS });
  detail('writing');
  await topics.writeDelivered(backlog({ total: keys, users: USERS, light: true }), outcomes());
  await topics.commitEnds(name);
  const start = (number) =>
    startForwarder({
      brokers,
      topics,
      group: name,
      destination,
      concurrency: 128,
      folder,
      nodeArgs,
      name: `forwarder-${number}`,
      stateDir: join(folder, 'state'),
    });
  try {
    detail('from the topics');
    const first = await start(1);
    const restore = await restored(first);
    // Checkpoints are written on the way out.
    await first.stop();
    detail('from checkpoints');
    const second = await start(2);
    const checkpoint = await restored(second);
    detail('replay');
    const replay = await replayed(second, { brokers, topics, folder, name });
    await second.stop();
    return { keys, restore, checkpoint, replay };
  } finally {
    await topics.delete();
  }
}

/** What the forwarder would have written about events that it has delivered. */
function outcomes() {
  const hasher = new SubjectHasher(SUBJECT_HASH_KEY, 'default');
  return (event, position) => {
    const subject = hasher.subject(event.userId);
    return {
      schema: 1,
      outcome: 'delivered',
      type: event.type,
      event: event.event,
      subject,
      messageId: event.messageId,
      messageKey: hasher.dedupKey(subject, 'message', event.messageId),
      position: { partition: position.partition, offset: position.offset },
      attempts: 1,
      status: 200,
      mappingVersion: 'default',
      latencyMs: 25,
      at: event.receivedAt,
    };
  };
}

async function restored(forwarder) {
  const lines = () => logLines(forwarder.log);
  await forwarder.until(() => lines().filter(({ event }) => event === 'partition_restored').length === PARTITIONS, {
    timeoutMs: 10 * 60_000,
    describe: 'all partitions to be restored',
  });
  const times = (name) =>
    lines()
      .filter(({ event }) => event === name)
      .map(({ time }) => Date.parse(time) || Number(time));
  const seconds = (Math.max(...times('partition_restored')) - Math.min(...times('partitions_assigned'))) / 1_000;
  return { seconds, ...forwarder.memory };
}

function logLines(log) {
  return log.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}

/** From the request to the end of all partitions, as the CLI tells it. */
async function replayed(forwarder, { brokers, topics, folder }) {
  const cli = new MeasuredProcess({
    name: 'replay',
    command: process.execPath,
    args: [join(ROOT, 'bin/bridge.mjs'), 'replay', '--all', '--json'],
    env: { ...commonEnv(brokers, topics), FORWARDER_GROUP_ID: topics.prefix.slice(0, -1) },
    logPath: join(folder, 'replay.log'),
    cwd: ROOT,
  });
  cli.isStopping = true;
  const { code } = await Promise.race([cli.exited, forwarder.died]);
  if (code !== 0) throw new Error(`the replay ended with ${code}:\n${cli.log}`);
  const lines = logLines(forwarder.log);
  const times = (name) => lines.filter(({ event }) => event === name).map(({ time }) => Date.parse(time) || Number(time));
  return { seconds: (Math.max(...times('replay_partition_done')) - Math.min(...times('replay_taken_up'))) / 1_000 };
}
