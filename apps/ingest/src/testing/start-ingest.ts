import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { IngestSettings, SourceSettings } from '#config';
import { createLogger, Metrics } from '#observability';
import { createIngestApp } from '../create-ingest-app.ts';
import { RecordingAppender } from './recording-appender.ts';

const extole = {
  baseUrl: 'http://127.0.0.1:1',
  accessToken: 'token',
  mode: 'async',
  maxConcurrency: 1,
  timeoutMs: 1_000,
} as const;

export const shop: SourceSettings = {
  id: 'shop',
  writeKeys: ['write-shop', 'write-shop-next'],
  extoleApiKeys: ['extole-shop'],
  sharedSecret: 'secret-shop',
  deletionKeys: ['delete-shop'],
  extole,
  afterDeletion: 'accept',
};

export const app: SourceSettings = {
  id: 'app',
  writeKeys: ['write-app'],
  extoleApiKeys: ['extole-app'],
  sharedSecret: 'secret-app',
  deletionKeys: ['delete-app'],
  extole,
  afterDeletion: 'accept',
};

const settings: IngestSettings = {
  kafka: { brokers: ['127.0.0.1:1'], clientId: 'test', ssl: false },
  topics: { prefix: 'test.', partitions: 3, replication: 1, eventsRetentionMs: 1, dedupWindowMs: 1 },
  sources: [shop, app],
  subjectHashKey: '0123456789abcdef',
  logLevel: 'debug',
  host: '127.0.0.1',
  port: 0,
  adminHost: '127.0.0.1',
  adminNames: [],
  adminPort: 0,
  logQueueBytes: 1_000_000,
  webhookBatchSignature: 'reject',
};

/** A running ingest over a recording log, and what a test needs to talk to it. */
export interface RunningIngest {
  readonly url: string;
  readonly log: RecordingAppender;
  readonly lines: string[];
  readonly metrics: Metrics;
  readonly nest: NestFastifyApplication;
  /** A POST of JSON (or of `body` as it is, if it is a string or bytes). */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

export async function startIngest(overrides: Partial<IngestSettings> = {}): Promise<RunningIngest> {
  const log = new RecordingAppender();
  const metrics = new Metrics({ app: 'ingest' });
  const lines: string[] = [];
  const logger = createLogger({ app: 'ingest', level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const nest = await createIngestApp({ settings: { ...settings, ...overrides }, appender: log, logger, metrics });
  await nest.listen(0, '127.0.0.1');
  const url = await nest.getUrl();
  return {
    url,
    log,
    lines,
    metrics,
    nest,
    post: (path, body, headers) => post(url + path, body, headers),
    close: () => nest.close(),
  };
}

export function basic(key: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` };
}

async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: isRaw ? body : JSON.stringify(body),
    redirect: 'manual',
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers };
}
