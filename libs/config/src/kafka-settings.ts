import type { FaultList } from './config-error.ts';
import { isLoopback } from './loopback.ts';
import type { KafkaSettings, TopicSettings } from './model.ts';
import type { RawCommonEnvironment } from './raw-environment.ts';
import { saslOf } from './sasl-settings.ts';
import { parseCount, parseDuration, parseList } from './units.ts';

const THIRTY_DAYS_MS = 30 * 86_400_000;

/** How to reach Kafka. TLS is on when it is said, or when a certificate is given. */
export function kafkaSettingsOf(raw: RawCommonEnvironment, faults: FaultList): KafkaSettings {
  const settings: KafkaSettings = {
    brokers: brokersOf(raw),
    clientId: raw.KAFKA_CLIENT_ID ?? 'segment-extole-bridge',
    ssl: sslOf(raw, faults),
    ...saslOf(raw, faults),
  };
  refuseClearText(settings, raw, faults);
  return settings;
}

/** What these two mechanisms show to Kafka is all that it takes to be us: SCRAM shows a proof. Whoever says that TLS is off has thought of it. */
function refuseClearText({ brokers, ssl, sasl }: KafkaSettings, raw: RawCommonEnvironment, faults: FaultList): void {
  const isShown = sasl?.mechanism === 'plain' || sasl?.mechanism === 'oauthbearer';
  if (!isShown || ssl !== false || raw.KAFKA_SSL !== undefined || brokers.every(isLocal)) return;
  faults.add(
    'KAFKA_SSL',
    `is required with KAFKA_SASL_MECHANISM=${sasl.mechanism} on another machine, where its secret would go in clear: set it to true (or to false, where nobody can listen on the way)`,
  );
}

/** What the topics of every source have in common. */
export function topicSettingsOf(raw: RawCommonEnvironment): TopicSettings {
  return {
    prefix: raw.TOPIC_PREFIX ?? '',
    partitions: parseCount(raw.TOPIC_PARTITIONS ?? '') ?? 12,
    replication: parseCount(raw.TOPIC_REPLICATION ?? '') ?? (brokersOf(raw).every(isLocal) ? 1 : 3),
    eventsRetentionMs: parseDuration(raw.EVENTS_RETENTION ?? '') ?? THIRTY_DAYS_MS,
    dedupWindowMs: parseDuration(raw.DEDUP_WINDOW ?? '') ?? THIRTY_DAYS_MS,
  };
}

function brokersOf(raw: RawCommonEnvironment): string[] {
  return parseList(raw.KAFKA_BROKERS ?? 'localhost:9092');
}

/** A broker on this machine is the embedded one or a developer's: there is nobody to replicate to. */
function isLocal(broker: string): boolean {
  return isLoopback(broker.slice(0, broker.lastIndexOf(':')));
}

function sslOf(raw: RawCommonEnvironment, faults: FaultList): KafkaSettings['ssl'] {
  const { KAFKA_SSL_CA: ca, KAFKA_SSL_CERT: cert, KAFKA_SSL_KEY: key } = raw;
  const rejectUnauthorized = raw.KAFKA_SSL_REJECT_UNAUTHORIZED;
  const hasDetails = [ca, cert, key, rejectUnauthorized].some((value) => value !== undefined);
  if (raw.KAFKA_SSL === 'false' && hasDetails) {
    faults.add('KAFKA_SSL', 'is false although other KAFKA_SSL_ variables are set: set it to true, or unset those');
  }
  if ((cert === undefined) !== (key === undefined)) {
    faults.add(
      cert === undefined ? 'KAFKA_SSL_CERT' : 'KAFKA_SSL_KEY',
      'is required: a client certificate and its key go together',
    );
  }
  if (!hasDetails) return raw.KAFKA_SSL === 'true';
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized: rejectUnauthorized === 'true' }),
  };
}
