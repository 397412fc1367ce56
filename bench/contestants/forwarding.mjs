import { join } from 'node:path';
import { startForwarder } from '../lib/apps.mjs';
import { ROOT } from '../lib/places.mjs';
import { MeasuredProcess } from '../lib/process.mjs';
import { goProgram, javaClassPath } from '../lib/toolchain.mjs';

const HERE = 'bench/contestants';

/**
 * Who delivers a topic to the destination. `prepare` builds or fetches what is needed (throws Missing where that cannot be), `start` begins the work on
 * `{brokers, topics, group, destination, concurrency, folder, calls}`.
 *
 * - `promises`: whether every event's end is recorded and checked.
 * - `drops`: whether it drops a repeated message, so that the destination must not see one.
 * - `limitMs`: it is stopped then at the latest, and judged by what it has done.
 */
export const FORWARDING = [
  {
    id: 'ours',
    title: 'this project, every promise on',
    promises: true,
    drops: true,
    prepare: async () => undefined,
    start: (options) => startForwarder(options),
  },
  {
    id: 'before',
    title: 'this project, the version of --against',
    promises: true,
    drops: true,
    prepare: async (progress, { against }) => against,
    // What `ours` has delivered is done, and would be nothing to do for it.
    needsOwnTopics: true,
    isLeftOut: ({ against }) => against === undefined,
    start: (options, root) => startForwarder({ ...options, root }),
  },
  {
    id: 'bento',
    title: 'Bento',
    drops: true,
    prepare: (progress) => goProgram(`${HERE}/bento`, progress),
    start: (options, program) =>
      contestant('bento', options, program, ['-c', join(ROOT, HERE, 'bento', 'forwarding.yaml')], { BATCH: '1000' }),
  },
  {
    id: 'parallel-consumer',
    title: 'Parallel Consumer',
    drops: true,
    limitMs: 15_000,
    prepare: (progress) => javaClassPath(`${HERE}/parallel-consumer`, progress),
    start: (options, classPath) => contestant('parallel-consumer', options, 'java', ['-Xmx512m', '-cp', classPath, 'Forward']),
  },
  {
    id: 'plain-kafkajs',
    title: 'kafkajs eachMessage + fetch',
    drops: false,
    // One call a partition at a time, whatever the concurrency: the whole backlog would take minutes.
    limitMs: 5_000,
    prepare: async () => undefined,
    start: (options) => contestant('plain-kafkajs', options, process.execPath, [join(ROOT, HERE, 'plain-kafkajs', 'main.mjs')]),
  },
  {
    id: 'bare-undici',
    title: 'bare undici loop (no Kafka, no order: the limit of the HTTP side)',
    drops: true,
    prepare: async () => undefined,
    start: (options) => contestant('bare-undici', options, process.execPath, [join(ROOT, HERE, 'bare-undici', 'main.mjs')]),
  },
];

function contestant(name, { brokers, topics, group, destination, concurrency, folder, calls }, command, args, env = {}) {
  return new MeasuredProcess({
    name,
    command,
    args,
    env: {
      BROKERS: brokers,
      TOPIC: topics.names.events,
      PARTITIONS: String(topics.partitions),
      GROUP: group,
      DESTINATION: destination.url,
      CONCURRENCY: String(concurrency),
      CALLS: String(calls),
      ...env,
    },
    logPath: join(folder, `${name}.log`),
    cwd: folder,
  });
}
