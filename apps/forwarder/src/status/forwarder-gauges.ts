import type { PartitionDriver, GateState } from '#delivery';
import { topicPartitionKey } from '#event-log';
import type { Gauge, Metrics } from '#observability';
import { readClock } from '../clock.ts';
import type { SourceRuntime } from '../delivery/source-runtime.ts';
import { OWNERSHIP_PHASES, type OwnedPartition } from '../ownership/owned-partition.ts';
import type { LogEnds } from './log-ends.ts';

/** An erasure is a call like any other: after an hour something is in its way that somebody should look at. */
const OVERDUE_MS = 3_600_000;

type PartitionGauge = Gauge<'source' | 'partition'>;
type DriverFigures = PartitionDriver['figures'];

export interface ForwarderGaugesOptions {
  readonly metrics: Metrics;
  readonly runtimes: readonly SourceRuntime[];
  /** The partitions that this process owns now. */
  readonly partitions: () => readonly OwnedPartition[];
  readonly ends: LogEnds;
  /** Whether Kafka takes what is appended. */
  readonly logAvailable: () => boolean;
  /** Monotonic milliseconds: when the group's coordinator last confirmed this member. */
  readonly confirmedAt: () => number;
}

/** Registers what is read at each scrape rather than counted. */
export function registerForwarderGauges(options: ForwarderGaugesOptions): void {
  registerProcessGauges(options);
  registerSourceGauges(options);
  registerPartitionGauges(options);
  registerDeletionGauges(options);
}

function registerProcessGauges({ metrics, logAvailable, confirmedAt }: ForwarderGaugesOptions): void {
  metrics.gauge({
    name: 'bridge_log_available',
    help: '1 while Kafka takes what is appended to it, 0 while it does not',
    collect: (gauge) => gauge.set(logAvailable() ? 1 : 0),
  });
  metrics.gauge({
    name: 'bridge_group_silence_seconds',
    help: "Time since the consumer group's coordinator last confirmed this member; liveness fails at 120",
    collect: (gauge) => gauge.set((readClock().monotonicMs - confirmedAt()) / 1_000),
  });
}

function registerSourceGauges({ metrics, runtimes }: ForwarderGaugesOptions): void {
  const perSource = (name: string, help: string, value: (runtime: SourceRuntime) => number): void => {
    metrics.gauge({
      name,
      help,
      labelNames: ['source'],
      collect: (gauge) => runtimes.forEach((runtime) => gauge.set({ source: runtime.id }, value(runtime))),
    });
  };
  perSource(
    'bridge_configured_partitions',
    'Partitions of the events topic of the source; the sum of bridge_partitions over all forwarders is the same, or some have no owner',
    ({ partitionCount }) => partitionCount,
  );
  perSource('bridge_calls_in_flight', 'Event calls to Extole in flight', ({ delivery }) => delivery.events.inFlight);
  perSource('bridge_erasures_in_flight', 'Erasures at Extole in flight', ({ delivery }) => delivery.erasures.inFlight);
  perSource(
    'bridge_calls_in_doubt',
    'Calls whose outcome Kafka has not acknowledged: what a crash now would repeat at most',
    ({ delivery }) => delivery.inDoubt,
  );
  perSource(
    'bridge_concurrency_limit',
    "Event calls that may be in flight now: this process's share of EXTOLE_MAX_CONCURRENCY, less while Extole asks for less",
    ({ delivery }) => delivery.events.concurrency,
  );
  perSource('bridge_source_stopped', '1 while delivery of the source is stopped', ({ delivery }) =>
    delivery.state.kind === 'stopped' ? 1 : 0,
  );
  perSource(
    'bridge_source_stopped_by_operator',
    '1 while an operator has stopped delivery of the source',
    ({ delivery: { state } }) => (state.kind === 'stopped' && state.reason === 'operator' ? 1 : 0),
  );
  perSource(
    'bridge_source_stopped_seconds',
    'How long delivery of the source has been stopped; 0 while it is not',
    ({ delivery }) =>
      delivery.state.kind === 'stopped' ? Math.max(0, readClock().wallMs - delivery.state.sinceWallMs) / 1_000 : 0,
  );
  metrics.gauge({
    name: 'bridge_source_state',
    help: '1 for the state that the calls of a source are in: delivering, slowed, or why they are stopped (outage, configuration, dead-letter-burst, operator); calls is events, erasures or persons (what sets parameters on persons)',
    labelNames: ['source', 'calls', 'state'],
    collect: (gauge) => {
      gauge.reset();
      for (const { id, delivery } of runtimes) {
        gauge.set({ source: id, calls: 'events', state: wordFor(delivery.events.state) }, 1);
        gauge.set({ source: id, calls: 'erasures', state: wordFor(delivery.erasures.state) }, 1);
        gauge.set({ source: id, calls: 'persons', state: wordFor(delivery.persons.state) }, 1);
      }
    },
  });
}

function wordFor(state: GateState): string {
  return state.kind === 'stopped' ? state.reason : state.kind;
}

function registerPartitionGauges({ metrics, partitions, ends }: ForwarderGaugesOptions): void {
  const perDriver = (name: string, help: string, value: (figures: DriverFigures) => number): void => {
    metrics.gauge({
      name,
      help,
      labelNames: ['source', 'partition'],
      collect: (gauge) => eachDriver(gauge, partitions(), (driver) => value(driver.figures)),
    });
  };
  metrics.gauge({
    name: 'bridge_partitions',
    help: 'Partitions that this process owns, by phase: restoring, delivering, or refused (its log is not what it was)',
    labelNames: ['source', 'phase'],
    collect: (gauge) => {
      gauge.reset();
      for (const { source } of partitions()) for (const phase of OWNERSHIP_PHASES) gauge.set({ source, phase }, 0);
      for (const { source, phase } of partitions()) gauge.inc({ source, phase });
    },
  });
  metrics.gauge({
    name: 'bridge_lag_records',
    help: 'Records of the events partition from the first one that is not finished to its end',
    labelNames: ['source', 'partition'],
    collect: async (gauge) => {
      const known = await ends.of(partitions().map(({ place }) => place));
      eachDriver(gauge, partitions(), (driver, { place }) => {
        const end = known.get(topicPartitionKey(place));
        return end === undefined ? undefined : Math.max(0, end - driver.figures.frontier);
      });
    },
  });
  metrics.gauge({
    name: 'bridge_oldest_event_seconds',
    help: 'Age of the oldest event that is not finished, since Kafka appended it; 0 if none is held. Exact to 500 records',
    labelNames: ['source', 'partition'],
    collect: (gauge) =>
      eachDriver(gauge, partitions(), ({ figures }, { arrivals }) => {
        const at = figures.arrivedNext > figures.frontier ? arrivals.appendedAt(figures.frontier) : undefined;
        return at === undefined ? 0 : Math.max(0, readClock().wallMs - at) / 1_000;
      }),
  });
  perDriver('bridge_frontier_offset', 'First offset of the events partition that is not finished', ({ frontier }) => frontier);
  perDriver('bridge_frontier_lead_records', 'How far finished records run ahead of the frontier', ({ lead }) => lead);
  perDriver('bridge_held_bytes', 'Bytes of records held until they have an outcome', ({ heldBytes }) => heldBytes);
  perDriver('bridge_lanes', 'Users who have an event held', ({ lanes }) => lanes);
  perDriver('bridge_lanes_waiting', 'Users whose first event waits for its next attempt', ({ waiting }) => waiting);
  perDriver('bridge_unwritten_outcomes', 'Outcomes that wait for their acknowledgement by Kafka', (f) => f.unwrittenOutcomes);
  perDriver('bridge_intake_paused', '1 while the intake is paused at a memory bound', ({ paused }) => (paused ? 1 : 0));
  metrics.gauge({
    name: 'bridge_deletions_unproven',
    help: '1 while the partition sends nothing, because its deletions have not been read to the end within DELETION_LAG_BOUND',
    labelNames: ['source', 'partition'],
    collect: (gauge) => eachDriver(gauge, partitions(), (driver) => (driver.knowsItsDeletions(readClock()) ? 0 : 1)),
  });
  metrics.gauge({
    name: 'bridge_checkpoint_age_seconds',
    help: 'Time since the checkpoint of the partition was written by this process, or since it took the partition up',
    labelNames: ['source', 'partition'],
    collect: (gauge) =>
      eachDriver(gauge, partitions(), (_, { checkpointAt }) => (readClock().monotonicMs - checkpointAt) / 1_000),
  });
}

function registerDeletionGauges({ metrics, partitions }: ForwarderGaugesOptions): void {
  const perDriver = (name: string, help: string, value: (agesMs: readonly number[]) => number): void => {
    metrics.gauge({
      name,
      help,
      labelNames: ['source', 'partition'],
      collect: (gauge) =>
        eachDriver(gauge, partitions(), ({ state }, { deletions }) => {
          const { wallMs } = readClock();
          return value(deletions.stillOpen((offset) => state.frontier.isFinished(offset)).map((at) => wallMs - at));
        }),
    });
  };
  perDriver('bridge_deletions_open', 'Deletions that Extole has not taken yet', (ages) => ages.length);
  perDriver('bridge_deletions_overdue', 'Deletions that Extole has not taken for more than an hour', (ages) =>
    ages.reduce((count, age) => count + (age > OVERDUE_MS ? 1 : 0), 0),
  );
  perDriver(
    'bridge_deletion_oldest_seconds',
    'Age of the oldest deletion that Extole has not taken yet; 0 if there is none',
    (ages) => Math.max(0, ages.reduce((oldest, age) => Math.max(oldest, age), 0) / 1_000),
  );
}

/** Sets the gauge for what is owned now; what was owned before is another process's to tell of. An undefined value is not known. */
function eachDriver(
  gauge: PartitionGauge,
  partitions: readonly OwnedPartition[],
  value: (driver: PartitionDriver, owned: OwnedPartition) => number | undefined,
): void {
  gauge.reset();
  for (const owned of partitions) {
    const figure = owned.driver === undefined ? undefined : value(owned.driver, owned);
    if (figure !== undefined) gauge.set({ source: owned.source, partition: String(owned.place.partition) }, figure);
  }
}
