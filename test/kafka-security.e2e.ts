import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { loadCommonSettings } from '#config';
import { createKafka, LogWriter, PartitionReader, type LogSink } from '#event-log';
import { toOffset } from '#segment';
import { AppProcess } from './support/app-process.ts';
import { CertificateAuthority, type Certificate } from './support/certificates.ts';
import { callsFor, deliveryFaults, repeatsAmong } from './support/extole-calls.ts';
import { numberedEvent, type NumberedEvent } from './support/numbered-events.ts';
import { runBridge } from './support/run-bridge.ts';
import { startSecuredBroker, USER, type SecuredBroker } from './support/secured-broker.ts';
import { tempFolder } from './support/temp-folder.ts';
import { withAdmin } from './support/test-kafka.ts';
import { startStack, type TestStack } from './support/test-stack.ts';
import { startTokenServer, type TokenServer } from './support/token-server.ts';
import { freePort, waitFor } from './support/wait-for.ts';

jest.setTimeout(120_000);

const TOKEN_LIFETIME_S = 6;
/** For how many of them events flow. */
const LIVES = 2.5;
const silent: LogSink = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
type Env = Readonly<Record<string, string>>;

let authority: CertificateAuthority;
let ours: Certificate;
let tokens: TokenServer;
let broker: SecuredBroker;
/** How an app is told each of them. */
let ways: Readonly<Record<'tls' | 'mutualTls' | 'scram256' | 'scram512' | 'oauth', Env>>;

beforeAll(async () => {
  authority = new CertificateAuthority(tempFolder('certificates'));
  const server = authority.issue('broker');
  ours = authority.issue('client');
  tokens = await startTokenServer(server, TOKEN_LIFETIME_S);
  broker = await startSecuredBroker(authority, server, tokens);
  const ca = { KAFKA_SSL_CA_FILE: authority.cert };
  const password = { KAFKA_SASL_USERNAME: USER.name, KAFKA_SASL_PASSWORD: USER.password };
  ways = {
    tls: { ...ca, KAFKA_BROKERS: broker.tls },
    mutualTls: { ...ca, KAFKA_BROKERS: broker.mutualTls, KAFKA_SSL_CERT_FILE: ours.cert, KAFKA_SSL_KEY_FILE: ours.key },
    scram256: { ...ca, ...password, KAFKA_BROKERS: broker.scram, KAFKA_SASL_MECHANISM: 'scram-sha-256' },
    scram512: { ...ca, ...password, KAFKA_BROKERS: broker.scram, KAFKA_SASL_MECHANISM: 'scram-sha-512' },
    oauth: {
      ...ca,
      KAFKA_BROKERS: broker.oauth,
      KAFKA_SASL_MECHANISM: 'oauthbearer',
      KAFKA_OAUTH_TOKEN_URL: tokens.tokenUrl,
      KAFKA_OAUTH_CLIENT_ID: tokens.client.id,
      KAFKA_OAUTH_CLIENT_SECRET: tokens.client.secret,
      KAFKA_OAUTH_SCOPE: 'kafka.read kafka.write',
    },
  };
}, 60_000);

const MINIMAL = { EXTOLE_ACCESS_TOKEN: 'extole-token', SUBJECT_HASH_KEY: 'sixteen characters' };

describe('a broker that wants to know us', () => {
  it.each(['tls', 'mutualTls', 'scram256', 'scram512', 'oauth'] as const)('by %s takes and gives records', async (way) => {
    const topic = `by-${way}`;
    const topics = [{ topic, numPartitions: 1, replicationFactor: 1 }];
    await withAdmin((admin) => admin.createTopics({ topics, waitForLeaders: true }), broker.open.brokers);
    const kafka = createKafka(loadCommonSettings({ ...MINIMAL, ...ways[way] }).kafka, silent);
    const writer = new LogWriter({ kafka, log: silent });
    const reader = new PartitionReader({ kafka, log: silent });
    try {
      await writer.append(topic, { key: 'k', value: Buffer.from(way), headers: { schema: '1' } });
      for await (const { records } of reader.readFrom(topic, 0, toOffset(0))) {
        expect(records.map(({ value }) => String(value))).toEqual([way]);
        break;
      }
    } finally {
      await writer.close();
      await reader.close();
    }
  });
});

describe('a token that runs out', () => {
  /** Sends one event after the other until `end` settles; what ingest does not take is sent again, as Segment's SDKs do. */
  async function sendUntil(stack: TestStack, end: Promise<unknown>): Promise<{ events: NumberedEvent[]; longestWaitMs: number }> {
    let over = false;
    void end.catch(() => undefined).then(() => (over = true));
    const events: NumberedEvent[] = [];
    let longestWaitMs = 0;
    for (let n = 0; !over; n++) {
      const event = numberedEvent(`user-${n % 10}`, Math.floor(n / 10));
      const begun = performance.now();
      await waitFor(async () => (await stack.segment.sendBatch([event])).status === 200, {
        intervalMs: 50,
        describe: 'ingest to take it',
      });
      longestWaitMs = Math.max(longestWaitMs, performance.now() - begun);
      events.push(event);
    }
    return { events, longestWaitMs };
  }

  it('interrupts nothing, nor loses anything when there is none for a while; all apps go by it', async () => {
    const stack = await startStack({ brokers: broker.oauth, env: ways.oauth });
    const consolePort = await freePort();
    const page = await new AppProcess('console', {
      env: { ...stack.env, CONSOLE_PORT: String(consolePort), CONSOLE_INDEX_DIR: tempFolder('index') },
      readyUrl: `http://127.0.0.1:${consolePort}/health/ready`,
    }).ready();
    const apps = [stack.ingest, ...stack.forwarders, page];
    const arrived = async (events: readonly NumberedEvent[]): Promise<void> => {
      let faults: string[] = [];
      await waitFor(async () => (faults = deliveryFaults(events, await stack.extole.ledger())).length === 0, {
        describe: () => `all of ${events.length} to arrive: ${faults.join('; ')}`,
      });
    };

    const before = tokens.asked;
    const flowing = await sendUntil(stack, new Promise((resolve) => setTimeout(resolve, LIVES * TOKEN_LIFETIME_S * 1_000)));
    await arrived(flowing.events);
    expect(flowing.longestWaitMs).toBeLessThan(2_000);
    // Each process has one, and asks for the next at half of its life.
    const mostPerApp = 2 * LIVES + 2;
    expect(tokens.asked - before).toBeLessThanOrEqual(apps.length * mostPerApp);
    expect((await runBridge(stack, 'topics', 'describe')).code).toBe(0);

    tokens.behave({ status: 500 });
    const told = Promise.all(
      apps.map((app) =>
        waitFor(() => app.logs.some(({ event, durationMs }) => event === 'kafka_token_unavailable' && durationMs === 0), {
          describe: () => `${app.name} to say that it has no token; its output:\n${app.tail()}`,
        }),
      ),
    );
    let isBack = (): void => undefined;
    const back = new Promise<void>((resolve) => (isBack = resolve));
    const cutOff = sendUntil(stack, back);
    await Promise.all([
      told,
      ...[stack.ingest, ...stack.forwarders].map((app) =>
        waitFor(
          async () => (await app.ask('/health/ready')).text.includes(`the token endpoint ${tokens.tokenUrl} answered 500`),
          {
            describe: () => `the readiness of ${app.name} to say what it lacks`,
          },
        ),
      ),
    ]);
    tokens.behave({ status: 200 });
    isBack();
    const { events } = await cutOff;
    await arrived([...flowing.events, ...events]);
    expect(repeatsAmong(callsFor(events, await stack.extole.ledger()))).toEqual([]);
    for (const app of apps) {
      expect(app.isRunning).toBe(true);
      for (const secret of [tokens.client.secret, ...tokens.given]) expect(app.output).not.toContain(secret);
    }
  });
});

describe('who is refused', () => {
  const refusals: readonly (readonly [what: string, way: keyof typeof ways, change: () => Env, told: string])[] = [
    ['a password', 'scram512', () => ({ KAFKA_SASL_PASSWORD: 'wrong' }), 'check KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD'],
    ['a mechanism', 'scram512', () => ({ KAFKA_SASL_MECHANISM: 'plain' }), 'set KAFKA_SASL_MECHANISM to one of its own'],
    [
      'an authority',
      'tls',
      () => ({ KAFKA_SSL_CA_FILE: new CertificateAuthority(tempFolder('stranger'), 'stranger').cert }),
      'set KAFKA_SSL_CA',
    ],
    ['TLS', 'tls', () => ({ KAFKA_BROKERS: broker.open.brokers }), 'Kafka speaks no TLS at this port'],
    ['no client certificate', 'mutualTls', () => ({ KAFKA_SSL_CERT_FILE: '', KAFKA_SSL_KEY_FILE: '' }), 'check KAFKA_SSL_CERT'],
    [
      'a client secret',
      'oauth',
      () => ({ KAFKA_OAUTH_CLIENT_SECRET: 'wrong' }),
      `the token endpoint ${'$'} answered 401 (invalid_client): check KAFKA_OAUTH_CLIENT_ID and KAFKA_OAUTH_CLIENT_SECRET`,
    ],
    [
      'a token endpoint',
      'oauth',
      () => ({ KAFKA_OAUTH_TOKEN_URL: 'http://127.0.0.1:1/token' }),
      'the token endpoint http://127.0.0.1:1/token cannot be reached (ECONNREFUSED)',
    ],
  ];

  it.each(refusals)(
    'for %s by %s is told what to check',
    async (_, way, change, told) => {
      const env = { ...MINIMAL, TOPIC_PREFIX: `r${randomUUID().slice(0, 8)}.`, ...ways[way], ...change() };
      const { code, stderr } = await runBridge({ env }, 'topics', 'describe');
      expect(stderr).toContain(told.replace('$', tokens.tokenUrl));
      expect(code).toBe(1);
    },
    30_000,
  );

  it('for a token that the broker does not take is told so', async () => {
    tokens.behave({ forged: true });
    const { code, stderr } = await runBridge({ env: { ...MINIMAL, ...ways.oauth } }, 'topics', 'describe');
    tokens.behave({ forged: false });
    expect(stderr).toContain(
      `Kafka refuses the token of the token endpoint ${tokens.tokenUrl} (invalid_token): are the broker's issuer, audience`,
    );
    expect(code).toBe(1);
  });
});
