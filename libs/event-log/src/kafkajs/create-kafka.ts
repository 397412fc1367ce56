import { Kafka, logLevel, type LogEntry } from 'kafkajs';
import type { LogClient } from '../log-client.ts';
import type { LogSink } from '../log-sink.ts';
import type { SaslOptions } from '../sasl/sasl-options.ts';
import { KafkajsAppendConnection, REQUEST_TIMEOUT_MS } from './append-connection.ts';
import { authenticateInTime, type OurSasl } from './authenticate-in-time.ts';
import { KafkajsAdmin } from './cluster-admin.ts';
import { decodeFetchAnswersHere } from './decode-fetches-here.ts';
import { KafkajsGroupConsumer } from './group-consumer.ts';
import { KafkajsReadConnection } from './read-connection.ts';
import { saslOf } from './sasl-of.ts';
import { askWhoAnswers } from './silent-brokers.ts';
import { stopIdleTimers } from './stop-idle-timers.ts';
import { tellTopicsApart } from './tell-topics-apart.ts';

/** How to reach Kafka; the settings of `#config` fit. */
export interface KafkaOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl:
    boolean | { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly rejectUnauthorized?: boolean };
  readonly sasl?: SaslOptions;
}

const CONNECTION_TIMEOUT_MS = 3_000;

/** The client that everything here works with. It connects to nothing yet. */
export function createKafka(options: KafkaOptions, log: LogSink): LogClient {
  stopIdleTimers();
  tellTopicsApart();
  askWhoAnswers();
  decodeFetchAnswersHere();
  authenticateInTime();
  const login = saslOf(options.sasl, typeof options.ssl === 'object' ? options.ssl : {}, log);
  const kafka = new Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId,
    ssl: options.ssl,
    ...login,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
    // Its debug log holds payloads, so it is never on.
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => forward(entry, log),
  });
  return {
    appends: () => new KafkajsAppendConnection(kafka),
    reads: () => new KafkajsReadConnection(kafka),
    consumer: (groupOptions) => new KafkajsGroupConsumer(kafka, groupOptions),
    admin: () => KafkajsAdmin.connect(kafka),
    lockedOut: () => (login.sasl as OurSasl | undefined)?.fault?.(),
  };
}

/** kafkajs's name of a field: ours. What is not here is not passed on, so that no payload ever is. */
const FIELDS = {
  broker: 'broker',
  topic: 'topic',
  partition: 'partition',
  groupId: 'group',
  memberId: 'member',
  retryCount: 'attempts',
  error: 'error',
} as const;

/** kafkajs calls everything an error that it is about to retry; what really failed is told by whoever asked for it. */
function forward({ namespace, level, log: content }: LogEntry, log: LogSink): void {
  const fields: Record<string, unknown> = { kind: namespace, reason: content.message };
  for (const [name, ours] of Object.entries(FIELDS)) {
    const value: unknown = content[name];
    if (typeof value === 'string' || typeof value === 'number') fields[ours] = value;
  }
  if (level === logLevel.ERROR || level === logLevel.WARN) log.warn('kafka_client', fields);
  else log.debug('kafka_client', fields);
}
