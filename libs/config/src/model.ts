import type { JsonObject } from '#segment';
import type { SAMPLERS } from './raw-environment.ts';
import type { RateLimit } from './units.ts';

/** How to reach Kafka. */
export interface KafkaSettings {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl:
    boolean | { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly rejectUnauthorized?: boolean };
  readonly sasl?: SaslSettings;
}

/** By what Kafka knows who we are, beside a client certificate. */
export type SaslSettings =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
      readonly username: string;
      readonly password: string;
    }
  | {
      readonly mechanism: 'oauthbearer';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: string;
      /** Several separated by blanks, as OAuth has them. */
      readonly scope?: string;
      /** SASL extensions, such as Confluent Cloud's `logicalCluster` and `identityPoolId`. */
      readonly extensions: Readonly<Record<string, string>>;
    }
  | { readonly mechanism: 'aws-msk-iam'; readonly region: string };

/** What the topics of every source have in common. */
export interface TopicSettings {
  readonly prefix: string;
  readonly partitions: number;
  readonly replication: number;
  readonly eventsRetentionMs: number;
  readonly dedupWindowMs: number;
}

/** The Extole account of one source. */
export interface ExtoleSettings {
  readonly baseUrl: string;
  readonly accessToken: string;
  readonly labels?: string;
  readonly mode: 'async' | 'sync';
  /** Calls in flight, for the whole account, over all processes. */
  readonly maxConcurrency: number;
  readonly rateLimit?: RateLimit;
  /** Of the calls that set parameters on persons (`identify.parameters.via: person-data`); absent: a part of the documented 100 a minute. */
  readonly personRateLimit?: RateLimit;
  readonly timeoutMs: number;
}

/** One Segment workspace or source, with its keys and its Extole account. */
export interface SourceSettings {
  /** `[a-z0-9][a-z0-9-]{0,39}`: part of topic names and deletion ids. */
  readonly id: string;
  /** Keys in clear, as configured; the doors compare their hashes. */
  readonly writeKeys: readonly string[];
  readonly extoleApiKeys: readonly string[];
  readonly sharedSecret?: string;
  readonly deletionKeys: readonly string[];
  readonly extole: ExtoleSettings;
  /** The parsed mapping file, already validated; undefined for the default mapping. */
  readonly mapping?: JsonObject;
  readonly afterDeletion: 'accept' | 'suppress';
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Where traces are sent, and how many of them (OpenTelemetry's own variables). */
export interface TracingSettings {
  /** The whole URL of the collector's receiver for OTLP over HTTP. */
  readonly url: string;
  readonly sampler: (typeof SAMPLERS)[number];
  /** In [0, 1], for the samplers by ratio. */
  readonly ratio: number;
}

/** What every app knows. */
export interface CommonSettings {
  readonly kafka: KafkaSettings;
  readonly topics: TopicSettings;
  readonly sources: readonly SourceSettings[];
  /** 16 characters or more, the same in every app. */
  readonly subjectHashKey: string;
  readonly logLevel: LogLevel;
  /** Absent while tracing is off. */
  readonly tracing?: TracingSettings;
}

export interface IngestSettings extends CommonSettings {
  /** The interface of the public port. */
  readonly host: string;
  readonly port: number;
  /** The interface of the admin port: loopback unless said otherwise, since it is never public. */
  readonly adminHost: string;
  /** Names by which the admin port may be asked, beside addresses, `localhost` and the machine's own. */
  readonly adminNames: readonly string[];
  readonly adminPort: number;
  /** Bytes of records that may wait for Kafka before ingest answers 429 (P9). */
  readonly logQueueBytes: number;
  /** Of each key and each process (`INGEST_RATE_LIMIT`); absent: none. */
  readonly rateLimit?: RateLimit;
  /** `WEBHOOK_BATCH_SIGNATURE`: whether the unsigned rest of a webhook batch is let in (wire.md 1.1). */
  readonly webhookBatchSignature: 'first-event' | 'reject';
}

export interface ForwarderSettings extends CommonSettings {
  readonly adminHost: string;
  readonly adminNames: readonly string[];
  readonly adminPort: number;
  readonly groupId: string;
  readonly stateDir: string;
  readonly maxAttemptAgeMs: number;
  readonly drainTimeoutMs: number;
  readonly deletionLagBoundMs: number;
  /** Where the console reaches its admin port; absent: made of the admin host and port. */
  readonly advertisedUrl?: string;
}

/** What somebody may do in the console: look (masked), act on sources and replays, see personal data. Everybody in it may look. */
export const CONSOLE_ROLES = ['look', 'operate', 'unmask'] as const;
export type ConsoleRole = (typeof CONSOLE_ROLES)[number];

/** A line of `CONSOLE_USERS_FILE`. */
export interface ConsoleUser {
  readonly name: string;
  readonly roles: readonly ConsoleRole[];
  /** `sha256:` and hex digits; absent for whom only the proxy signs in. */
  readonly tokenDigest?: string;
}

export interface ConsoleSettings extends CommonSettings {
  /** Loopback unless said otherwise. */
  readonly host: string;
  readonly port: number;
  /** What a browser or a script has to show; this or another way to sign in is required where `host` is not loopback. */
  readonly token?: string;
  /** The named operators; none without `CONSOLE_USERS_FILE`. */
  readonly users: readonly ConsoleUser[];
  /** A comma list of addresses and networks: whose `X-Forwarded-For`, and whose user, is believed. */
  readonly trustedProxy?: string;
  /** The header in which that proxy says whom it has authenticated, in lower case. */
  readonly trustedUserHeader?: string;
  /** A session ends when nobody has asked for anything for so long. */
  readonly sessionIdleMs: number;
  /** And so long after it began in any case. */
  readonly sessionLifetimeMs: number;
  /** The forwarders' consumer group. */
  readonly groupId: string;
  /** The index of the topics; it can be deleted at any time. */
  readonly indexDir: string;
}
