import type { ForwarderSettings, SourceSettings } from '#config';
import { MAX_LEAD, type DriverLimits, type StateWindows } from '#delivery';
import { deletionsRetentionMs, topicsOf, type LogWriter } from '#event-log';
import { ExtoleClient } from '#extole';
import { compileMapping } from '#mapping';
import type { Logger, Tracing } from '#observability';
import { SubjectHasher } from '#segment';
import type { DeliveryMetrics } from '../status/delivery-metrics.ts';
import type { LogTransport } from '../transport/log-transport.ts';
import { DeliveryTraces } from './delivery-traces.ts';
import { SourceRuntime } from './source-runtime.ts';

/** Bounds of one partition (P9). With 12 partitions they add up to about 200 MB at worst. */
const MAX_HELD_BYTES = 16 * 1_024 * 1_024;
/** A backlog is read this far ahead: a few hundred events of each partition, while a fetch after a pause takes some 20 ms (fetch-pace.ts). */
const READ_AHEAD = { bytes: 256 * 1_024, lanes: 100 };
const MAX_UNWRITTEN_OUTCOMES = 20_000;
/** For erasures and token checks: waiting for a connection would count against their timeout. */
const SPARE_CONNECTIONS = 8;

/** What the sources' runtimes have in common. */
interface RuntimeParts {
  readonly transport: LogTransport;
  readonly writer: LogWriter;
  readonly metrics: DeliveryMetrics;
  readonly log: Logger;
  readonly tracing: Tracing;
}

/** The runtime of one source, put together from what the settings say of it. */
export function createRuntime(
  source: SourceSettings,
  settings: ForwarderSettings,
  { transport, writer, metrics, log, tracing }: RuntimeParts,
): SourceRuntime {
  const topics = topicsOf(settings.topics.prefix, source.id);
  const { baseUrl, accessToken, mode, timeoutMs, maxConcurrency, labels } = source.extole;
  return new SourceRuntime({
    source,
    topics,
    partitionCount: settings.topics.partitions,
    mapping: compileMapping(source.mapping, labels === undefined ? {} : { labels }),
    hasher: new SubjectHasher(settings.subjectHashKey, source.id),
    client: new ExtoleClient({ baseUrl, accessToken, mode, timeoutMs, connections: maxConcurrency + SPARE_CONNECTIONS }),
    writer,
    windows: windowsOf(settings, source),
    limits: limitsOf(settings),
    log,
    metrics,
    ...(tracing.enabled && { traces: new DeliveryTraces(tracing, source.id, topics.events) }),
    intake: {
      pause: (partition) => transport.pause({ topic: topics.events, partition }),
      resume: (partition) => transport.resume({ topic: topics.events, partition }),
    },
  });
}

function limitsOf(settings: ForwarderSettings): DriverLimits {
  return {
    maxHeldBytes: MAX_HELD_BYTES,
    readAhead: READ_AHEAD,
    maxLead: MAX_LEAD,
    maxUnwrittenOutcomes: MAX_UNWRITTEN_OUTCOMES,
    maxAttemptAgeMs: settings.maxAttemptAgeMs,
    deletionLagBoundMs: settings.deletionLagBoundMs,
  };
}

/** The state remembers for as long as the topics do that it is rebuilt from. */
function windowsOf({ topics }: ForwarderSettings, { afterDeletion }: SourceSettings): StateWindows {
  return { dedupMs: topics.dedupWindowMs, deletionsMs: deletionsRetentionMs(topics, afterDeletion) };
}
