import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import type { ForwarderSettings } from '#config';
import { LogWriter, PartitionReader, UndecodableRecords, groupCommits, topicsOf, type LogClient } from '#event-log';
import { errorFields, Metrics, type Logger, type Tracing } from '#observability';
import { SubjectHasher } from '#segment';
import { readClock } from './clock.ts';
import { createRuntime } from './delivery/create-runtime.ts';
import { DeliveryController } from './delivery/delivery.controller.ts';
import type { SourceRuntime } from './delivery/source-runtime.ts';
import { ForwarderService } from './forwarder.service.ts';
import { advertisedUrl } from './status/advertised-url.ts';
import { createOwnership } from './ownership/create-ownership.ts';
import { DeletionsFollower } from './ownership/deletions-follower.ts';
import { MemberFile } from './ownership/member-file.ts';
import { PartitionOwnership } from './ownership/partition-ownership.ts';
import { ReplayCoordinator } from './replay/replay-coordinator.ts';
import { DeliveryMetrics } from './status/delivery-metrics.ts';
import { registerForwarderGauges } from './status/forwarder-gauges.ts';
import { ForwarderStatus } from './status/forwarder-status.ts';
import { LogEnds } from './status/log-ends.ts';
import { OwnershipMetrics } from './status/ownership-metrics.ts';
import { TokenCheck } from './status/token-check.ts';
import { countUndecodable } from './status/undecodable-metric.ts';
import { CLUSTER, KAFKA, LOG, REPLAYS, RUNTIMES, SETTINGS, TRACING } from './tokens.ts';
import { LogTransport } from './transport/log-transport.ts';

/**
 * Nobody waits for an outcome but the frontier, and few large requests cost much less than many small ones; but what is written late is in doubt for
 * longer (P4).
 */
const OUTCOME_LINGER_MS = 3;
/** Reads that run side by side: one follows each source's replays all the time, and beside those go deletions, restores and replays. */
const READS_BESIDE_SOURCES = 8;

/** What the forwarder is given from outside. */
export interface ForwarderParts {
  readonly settings: ForwarderSettings;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  /** The one client of the process: a token to show to Kafka is asked for once. */
  readonly kafka: LogClient;
  /** Kafka's id of the cluster. */
  readonly cluster: string;
  readonly crashed: (error: Error) => void;
}

/** The forwarder, put together. */
@Module({})
export class ForwarderModule {
  static register({ settings, log, metrics, tracing, kafka, cluster, crashed }: ForwarderParts): DynamicModule {
    return {
      module: ForwarderModule,
      controllers: [DeliveryController],
      providers: [
        { provide: SETTINGS, useValue: settings },
        { provide: LOG, useValue: log },
        { provide: TRACING, useValue: tracing },
        { provide: CLUSTER, useValue: cluster },
        { provide: Metrics, useValue: metrics },
        { provide: KAFKA, useValue: kafka },
        ...logProviders(crashed),
        ...deliveryProviders,
        ...statusProviders,
      ],
    };
  }
}

function logProviders(crashed: (error: Error) => void): Provider[] {
  return [
    {
      provide: LogWriter,
      useFactory: (kafka: LogClient, log: Logger) => new LogWriter({ kafka, log, lingerMs: OUTCOME_LINGER_MS }),
      inject: [KAFKA, LOG],
    },
    {
      provide: PartitionReader,
      useFactory: (settings: ForwarderSettings, kafka: LogClient, log: Logger) =>
        new PartitionReader({ kafka, log, maxConnections: settings.sources.length + READS_BESIDE_SOURCES }),
      inject: [SETTINGS, KAFKA, LOG],
    },
    {
      provide: MemberFile,
      useFactory: (settings: ForwarderSettings, log: Logger) => new MemberFile(settings.stateDir, log),
      inject: [SETTINGS, LOG],
    },
    {
      provide: LogTransport,
      useFactory: (settings: ForwarderSettings, kafka: LogClient, member: MemberFile, log: Logger) =>
        new LogTransport({
          kafka,
          groupId: settings.groupId,
          topics: settings.sources.map(({ id }) => topicsOf(settings.topics.prefix, id).events),
          member: () => ({ ...member.facts, url: advertisedUrl(settings) }),
          drainTimeoutMs: settings.drainTimeoutMs,
          monotonicNow: () => readClock().monotonicMs,
          crashed,
          betweenJoins: (error) => log.debug('intake_unchanged', errorFields(error)),
        }),
      inject: [SETTINGS, KAFKA, MemberFile, LOG],
    },
  ];
}

const deliveryProviders: Provider[] = [
  {
    provide: UndecodableRecords,
    useFactory: ({ topics, sources }: ForwarderSettings, metrics: Metrics, log: Logger) => {
      const ids = sources.map(({ id }) => id);
      return new UndecodableRecords(log, countUndecodable(metrics, topics.prefix, ids));
    },
    inject: [SETTINGS, Metrics, LOG],
  },
  { provide: DeliveryMetrics, useFactory: (metrics: Metrics) => new DeliveryMetrics(metrics), inject: [Metrics] },
  {
    provide: RUNTIMES,
    useFactory: (
      settings: ForwarderSettings,
      transport: LogTransport,
      writer: LogWriter,
      metrics: DeliveryMetrics,
      log: Logger,
      tracing: Tracing,
    ) => settings.sources.map((source) => createRuntime(source, settings, { transport, writer, metrics, log, tracing })),
    inject: [SETTINGS, LogTransport, LogWriter, DeliveryMetrics, LOG, TRACING],
  },
  {
    provide: PartitionOwnership,
    useFactory: (
      settings: ForwarderSettings,
      runtimes: SourceRuntime[],
      transport: LogTransport,
      reader: PartitionReader,
      member: MemberFile,
      kafka: LogClient,
      cluster: string,
      metrics: Metrics,
      undecodable: UndecodableRecords,
      log: Logger,
    ) =>
      createOwnership(settings, {
        runtimes,
        transport,
        reader,
        member,
        cluster,
        committedOffsets: (topic) => groupCommits(kafka, settings.groupId, topic),
        metrics: new OwnershipMetrics(metrics),
        undecodable,
        log,
      }),
    inject: [SETTINGS, RUNTIMES, LogTransport, PartitionReader, MemberFile, KAFKA, CLUSTER, Metrics, UndecodableRecords, LOG],
  },
  {
    provide: DeletionsFollower,
    useFactory: (
      settings: ForwarderSettings,
      kafka: LogClient,
      ownership: PartitionOwnership,
      reader: PartitionReader,
      undecodable: UndecodableRecords,
      log: Logger,
    ) =>
      new DeletionsFollower(
        kafka,
        () => ownership.followed(),
        undecodable,
        log,
        settings.deletionLagBoundMs / 5,
        (topic, partition) => reader.startOffset(topic, partition),
      ),
    inject: [SETTINGS, KAFKA, PartitionOwnership, PartitionReader, UndecodableRecords, LOG],
  },
  {
    provide: REPLAYS,
    useFactory: (
      settings: ForwarderSettings,
      runtimes: SourceRuntime[],
      reader: PartitionReader,
      writer: LogWriter,
      undecodable: UndecodableRecords,
      log: Logger,
    ) =>
      runtimes.map(
        (runtime) =>
          new ReplayCoordinator({
            runtime,
            reader,
            writer,
            undecodable,
            log,
            hasher: new SubjectHasher(settings.subjectHashKey, runtime.id),
            dedupWindowMs: settings.topics.dedupWindowMs,
          }),
      ),
    inject: [SETTINGS, RUNTIMES, PartitionReader, LogWriter, UndecodableRecords, LOG],
  },
  {
    provide: ForwarderService,
    useFactory: (ownership: PartitionOwnership, follower: DeletionsFollower, replays: ReplayCoordinator[], log: Logger) =>
      new ForwarderService(ownership, follower, replays, log),
    inject: [PartitionOwnership, DeletionsFollower, REPLAYS, LOG],
  },
];

const statusProviders: Provider[] = [
  {
    provide: ForwarderStatus,
    useFactory: (
      runtimes: SourceRuntime[],
      ownership: PartitionOwnership,
      member: MemberFile,
      metrics: Metrics,
      reader: PartitionReader,
      writer: LogWriter,
      follower: DeletionsFollower,
      kafka: LogClient,
      log: Logger,
    ) => {
      registerForwarderGauges({
        metrics,
        runtimes,
        partitions: () => ownership.partitions,
        ends: new LogEnds(reader, log),
        logAvailable: () => writer.available,
        confirmedAt: () => ownership.confirmedAt,
      });
      const refused = () => [kafka.lockedOut() ?? [], writer.refused, follower.refused].flat();
      return new ForwarderStatus(runtimes, ownership, member.facts.name, refused);
    },
    inject: [RUNTIMES, PartitionOwnership, MemberFile, Metrics, PartitionReader, LogWriter, DeletionsFollower, KAFKA, LOG],
  },
  {
    provide: TokenCheck,
    useFactory: (runtimes: SourceRuntime[], status: ForwarderStatus, log: Logger) => new TokenCheck(runtimes, status, log),
    inject: [RUNTIMES, ForwarderStatus, LOG],
  },
];
