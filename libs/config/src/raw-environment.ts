import { IsOptional } from 'class-validator';
import {
  IsAddressList,
  IsAwsRegion,
  IsBrokerList,
  IsByteSize,
  IsCount,
  IsDuration,
  IsFlag,
  IsHeaderName,
  IsHttpUrl,
  IsNameList,
  IsOneOf,
  IsPem,
  IsPort,
  IsRate,
  IsRatio,
  IsSaslExtensions,
  IsText,
  IsTopicPrefix,
} from './validators.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export const EVENTS_MODES = ['async', 'sync'] as const;
export const AFTER_DELETION = ['accept', 'suppress'] as const;
export const BATCH_SIGNATURES = ['first-event', 'reject'] as const;
export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer', 'aws-msk-iam'] as const;

export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** More than a Kafka cluster carries for one topic: a slip of the keyboard. */
const MAX_PARTITIONS = 10_000;

/** The environment that every app reads, as text; a variable that is absent or empty is undefined. */
export class RawCommonEnvironment {
  @IsOptional() @IsBrokerList() KAFKA_BROKERS?: string;
  @IsOptional() @IsText() KAFKA_CLIENT_ID?: string;
  @IsOptional() @IsFlag() KAFKA_SSL?: string;
  @IsOptional() @IsPem() KAFKA_SSL_CA?: string;
  @IsOptional() @IsPem() KAFKA_SSL_CERT?: string;
  @IsOptional() @IsPem() KAFKA_SSL_KEY?: string;
  @IsOptional() @IsFlag() KAFKA_SSL_REJECT_UNAUTHORIZED?: string;
  @IsOptional() @IsOneOf(SASL_MECHANISMS) KAFKA_SASL_MECHANISM?: string;
  @IsOptional() @IsText() KAFKA_SASL_USERNAME?: string;
  @IsOptional() @IsText() KAFKA_SASL_PASSWORD?: string;
  @IsOptional() @IsHttpUrl() KAFKA_OAUTH_TOKEN_URL?: string;
  @IsOptional() @IsText() KAFKA_OAUTH_CLIENT_ID?: string;
  @IsOptional() @IsText() KAFKA_OAUTH_CLIENT_SECRET?: string;
  @IsOptional() @IsText() KAFKA_OAUTH_SCOPE?: string;
  @IsOptional() @IsSaslExtensions() KAFKA_OAUTH_EXTENSIONS?: string;
  @IsOptional() @IsAwsRegion() KAFKA_AWS_REGION?: string;

  @IsOptional() @IsTopicPrefix() TOPIC_PREFIX?: string;
  @IsOptional() @IsCount(1, MAX_PARTITIONS) TOPIC_PARTITIONS?: string;
  @IsOptional() @IsCount(1, 9) TOPIC_REPLICATION?: string;
  @IsOptional() @IsDuration() EVENTS_RETENTION?: string;
  @IsOptional() @IsDuration() DEDUP_WINDOW?: string;

  @IsOptional() @IsText() SOURCES_FILE?: string;
  @IsOptional() @IsText() SEGMENT_WRITE_KEYS?: string;
  @IsOptional() @IsText() SEGMENT_SHARED_SECRET?: string;
  @IsOptional() @IsText() DELETION_KEYS?: string;
  @IsOptional() @IsText() PARTNER_API_KEYS?: string;
  @IsOptional() @IsText() EXTOLE_ACCESS_TOKEN?: string;
  @IsOptional() @IsText() EXTOLE_LABELS?: string;
  @IsOptional() @IsText() MAPPING_FILE?: string;
  @IsOptional() @IsOneOf(AFTER_DELETION) AFTER_DELETION?: string;

  @IsOptional() @IsHttpUrl() EXTOLE_SIMULATOR_URL?: string;
  @IsOptional() @IsHttpUrl() EXTOLE_BASE_URL?: string;
  @IsOptional() @IsOneOf(EVENTS_MODES) EXTOLE_EVENTS_MODE?: string;
  @IsOptional() @IsCount(1, 100_000) EXTOLE_MAX_CONCURRENCY?: string;
  @IsOptional() @IsRate() EXTOLE_RATE_LIMIT?: string;
  @IsOptional() @IsRate() EXTOLE_PERSON_RATE_LIMIT?: string;
  @IsOptional() @IsCount(100, 600_000) EXTOLE_TIMEOUT_MS?: string;

  @IsOptional() @IsOneOf(['otlp', 'none']) OTEL_TRACES_EXPORTER?: string;
  @IsOptional() @IsHttpUrl() OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  @IsOptional() @IsHttpUrl() OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string;
  @IsOptional() @IsOneOf(SAMPLERS) OTEL_TRACES_SAMPLER?: string;
  @IsOptional() @IsRatio() OTEL_TRACES_SAMPLER_ARG?: string;
  @IsOptional() @IsFlag() OTEL_SDK_DISABLED?: string;

  @IsText(16) SUBJECT_HASH_KEY?: string;
  @IsOptional() @IsOneOf(LOG_LEVELS) LOG_LEVEL?: string;
}

export class RawIngestEnvironment extends RawCommonEnvironment {
  @IsOptional() @IsText() INGEST_HOST?: string;
  @IsOptional() @IsPort() INGEST_PORT?: string;
  @IsOptional() @IsText() ADMIN_HOST?: string;
  @IsOptional() @IsNameList() ADMIN_NAMES?: string;
  @IsOptional() @IsPort() INGEST_ADMIN_PORT?: string;
  @IsOptional() @IsByteSize() LOG_QUEUE_BYTES?: string;
  @IsOptional() @IsRate() INGEST_RATE_LIMIT?: string;
  @IsOptional() @IsOneOf(BATCH_SIGNATURES) WEBHOOK_BATCH_SIGNATURE?: string;
}

export class RawForwarderEnvironment extends RawCommonEnvironment {
  @IsOptional() @IsText() ADMIN_HOST?: string;
  @IsOptional() @IsNameList() ADMIN_NAMES?: string;
  @IsOptional() @IsPort() FORWARDER_ADMIN_PORT?: string;
  @IsOptional() @IsText() FORWARDER_GROUP_ID?: string;
  @IsOptional() @IsText() STATE_DIR?: string;
  @IsOptional() @IsDuration() MAX_ATTEMPT_AGE?: string;
  @IsOptional() @IsDuration() DRAIN_TIMEOUT?: string;
  @IsOptional() @IsDuration() DELETION_LAG_BOUND?: string;
  @IsOptional() @IsHttpUrl() FORWARDER_ADVERTISED_URL?: string;
}

export class RawConsoleEnvironment extends RawCommonEnvironment {
  @IsOptional() @IsText() CONSOLE_HOST?: string;
  @IsOptional() @IsPort() CONSOLE_PORT?: string;
  @IsOptional() @IsText(16) CONSOLE_TOKEN?: string;
  @IsOptional() @IsText() CONSOLE_USERS_FILE?: string;
  @IsOptional() @IsHeaderName() CONSOLE_TRUSTED_USER_HEADER?: string;
  @IsOptional() @IsAddressList() CONSOLE_TRUSTED_PROXY?: string;
  @IsOptional() @IsDuration() CONSOLE_SESSION_IDLE?: string;
  @IsOptional() @IsDuration() CONSOLE_SESSION_LIFETIME?: string;
  @IsOptional() @IsText() CONSOLE_INDEX_DIR?: string;
  @IsOptional() @IsText() FORWARDER_GROUP_ID?: string;
}

/** Variables whose value may come from a file instead, named by `<variable>_FILE`: secrets and certificates. */
export const FILE_VARIABLES = [
  'KAFKA_SSL_CA',
  'KAFKA_SSL_CERT',
  'KAFKA_SSL_KEY',
  'KAFKA_SASL_USERNAME',
  'KAFKA_SASL_PASSWORD',
  'KAFKA_OAUTH_CLIENT_ID',
  'KAFKA_OAUTH_CLIENT_SECRET',
  'SEGMENT_WRITE_KEYS',
  'SEGMENT_SHARED_SECRET',
  'DELETION_KEYS',
  'PARTNER_API_KEYS',
  'EXTOLE_ACCESS_TOKEN',
  'SUBJECT_HASH_KEY',
  'CONSOLE_TOKEN',
] as const satisfies readonly (keyof RawConsoleEnvironment)[];

/** Variables that describe the one source of a set-up without a sources file. The other `EXTOLE_*` are defaults for every source. */
export const SINGLE_SOURCE_VARIABLES = [
  'SEGMENT_WRITE_KEYS',
  'SEGMENT_SHARED_SECRET',
  'DELETION_KEYS',
  'PARTNER_API_KEYS',
  'EXTOLE_ACCESS_TOKEN',
  'MAPPING_FILE',
  'AFTER_DELETION',
] as const satisfies readonly (keyof RawCommonEnvironment)[];
