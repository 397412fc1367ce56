import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ConsoleSettings } from '#config';
import { clusterId, createKafka, LogWriter, outcomesRetentionMs, PartitionReader, topicsOf, type LogClient } from '#event-log';
import { compileMapping } from '#mapping';
import type { Logger } from '#observability';
import { logAccessOf } from '#operations';
import { ConsoleSources, type ConsoleSource } from './console-source.ts';
import { IndexFollower } from './index/index-follower.ts';
import { ReplayFollower } from './index/replay-follower.ts';
import { SourceIndex } from './index/source-index.ts';
import { ClusterWatch } from './live/cluster-facts.ts';
import { LiveService } from './live/live.service.ts';
import { SourceWatch } from './live/source-watch.ts';

/** Reading side by side: each source follows its facts, its backlog and its replays, and people ask besides. */
const CONNECTIONS_PER_SOURCE = 4;
const SPARE_CONNECTIONS = 4;
/** A fetch of what is followed takes so much of each partition at most. */
const FOLLOW_BYTES = 256 * 1_024;
const FOLLOW_WAIT_MS = 500;
/** Single records: the batch that holds it, and no waiting for more. */
const RECORD_BYTES = 16 * 1_024;
const RECORD_WAIT_MS = 50;

/** What the console opens: connections to Kafka, and an index for each source. */
export interface OpenSources {
  readonly sources: ConsoleSources;
  readonly live: LiveService;
  close(): Promise<void>;
}

/** @throws if Kafka does not answer */
export async function openSources(settings: ConsoleSettings, log: Logger): Promise<OpenSources> {
  const kafka = createKafka(settings.kafka, log);
  const cluster = await clusterId(kafka);
  const maxConnections = settings.sources.length * CONNECTIONS_PER_SOURCE + SPARE_CONNECTIONS;
  const reader = new PartitionReader({ kafka, log, maxConnections, maxBytes: FOLLOW_BYTES, maxWaitMs: FOLLOW_WAIT_MS });
  const records = new PartitionReader({
    kafka,
    log,
    maxConnections: SPARE_CONNECTIONS,
    maxBytes: RECORD_BYTES,
    maxWaitMs: RECORD_WAIT_MS,
  });
  const writer = new LogWriter({ kafka, log });
  const hashKey = createHash('sha256').update(settings.subjectHashKey).digest('hex').slice(0, 16);

  const opened = settings.sources.map((source): ConsoleSource => {
    const access = logAccessOf(settings, source, { kafka, reader, writer, log });
    const { labels } = source.extole;
    const index = new SourceIndex({
      source: source.id,
      directory: join(settings.indexDir, source.id),
      identity: { cluster, events: access.topics.events, hashKey },
      windowMs: outcomesRetentionMs(settings.topics),
    });
    log.info('index_opened', { source: source.id, count: index.outcomes, bytes: index.bytes });
    return {
      id: source.id,
      log: access,
      records,
      mapping: compileMapping(source.mapping, labels === undefined ? {} : { labels }),
      index,
      follower: new IndexFollower({ log: access, index, logger: log, partitions: () => partitionsOf(source.id) }),
      replays: new ReplayFollower(access, log),
    };
  });
  const sources = new ConsoleSources(opened);
  const live = liveOf(settings, sources, kafka, log);
  const partitionsOf = (id: string) => live.overview.sources.find(({ source }) => source === id)?.partitions ?? [];

  for (const { follower, replays } of opened) {
    follower.start();
    replays.start();
  }
  live.start();
  return {
    sources,
    live,
    async close() {
      await live.stop();
      await Promise.all(opened.flatMap(({ follower, replays }) => [follower.stop(), replays.stop()]));
      await Promise.all([writer.close(), reader.close(), records.close()]);
    },
  };
}

function liveOf(settings: ConsoleSettings, sources: ConsoleSources, kafka: LogClient, log: Logger): LiveService {
  const topics = new Map(settings.sources.map(({ id }) => [id, topicsOf(settings.topics.prefix, id)]));
  const sourceByTopic = new Map([...topics].map(([id, { events }]) => [events, id]));
  return new LiveService({
    cluster: new ClusterWatch(kafka, settings.groupId, topics),
    watches: new Map(
      sources.all.map(({ id, log: { source, topics: own }, records }) => [id, new SourceWatch(source, own, records)]),
    ),
    sourceOf: (topic) => sourceByTopic.get(topic),
    besides: (id) => {
      const source = sources.get(id);
      const { index, replays } = source;
      return { deadLetters: index.deadLetters.count, openDeletions: index.deletions.openCount, stop: replays.operatorStop };
    },
    index: () => indexOverview(sources.all),
    log,
  });
}

function indexOverview(all: readonly ConsoleSource[]): { caughtUp: boolean; behind: number; outcomes: number; bytes: number } {
  const sum = (figure: (source: ConsoleSource) => number): number => all.reduce((total, source) => total + figure(source), 0);
  return {
    caughtUp: all.every(({ follower }) => follower.behind === 0),
    behind: sum(({ follower }) => follower.behind ?? 0),
    outcomes: sum(({ index }) => index.outcomes),
    bytes: sum(({ index }) => index.bytes),
  };
}
