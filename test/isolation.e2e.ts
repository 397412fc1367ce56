import { jest } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { AppProcess } from './support/app-process.ts';
import { repeatsAmong, callsFor } from './support/extole-calls.ts';
import { numberedEvents, sendInBatches } from './support/numbered-events.ts';
import { tempFolder } from './support/temp-folder.ts';
import { withAdmin } from './support/test-kafka.ts';
import { startStack } from './support/test-stack.ts';
import { freePort, waitFor } from './support/wait-for.ts';

jest.setTimeout(120_000);

/** Two sources in one ingest and one forwarder, which deliver. */
async function twoSources() {
  // For its ports, its broker and its Extole; its one source is replaced by two.
  const stack = await startStack({ partitions: 2, forwarders: 0 });
  const folder = tempFolder('two-sources');
  const token = stack.env['EXTOLE_ACCESS_TOKEN'] ?? '';
  const source = (id: string): string =>
    `  - id: ${id}\n    writeKeys: [write-${id}]\n    extoleApiKeys: [partner-key-of-${id}]\n    extole: { accessToken: ${token} }\n`;
  const file = join(folder, 'sources.yaml');
  writeFileSync(file, `sources:\n${source('a')}${source('b')}`);
  const ofOneSource = new Set(['SEGMENT_WRITE_KEYS', 'DELETION_KEYS', 'SEGMENT_SHARED_SECRET', 'EXTOLE_ACCESS_TOKEN']);
  const env = {
    ...Object.fromEntries(Object.entries(stack.env).filter(([name]) => !ofOneSource.has(name))),
    SOURCES_FILE: file,
    FORWARDER_GROUP_ID: `${stack.prefix}two`,
    STATE_DIR: join(folder, 'state'),
  };
  const [port, adminPort, forwarderPort] = [await freePort(), await freePort(), await freePort()];
  await new AppProcess('ingest', {
    env: { ...env, INGEST_HOST: '127.0.0.1', INGEST_PORT: String(port), INGEST_ADMIN_PORT: String(adminPort) },
    readyUrl: `http://127.0.0.1:${adminPort}/health/ready`,
  }).ready();
  const forwarder = await new AppProcess('forwarder', {
    env: { ...env, FORWARDER_ADMIN_PORT: String(forwarderPort) },
    readyUrl: `http://127.0.0.1:${forwarderPort}/health/ready`,
  }).ready();

  let sent = 0;
  const send = async (id: string): Promise<number> => {
    const authorization = `Basic ${Buffer.from(`write-${id}:`).toString('base64')}`;
    const body = JSON.stringify({ userId: `u${sent % 7}`, event: `Of ${id}`, messageId: `${id}-${sent++}`, properties: {} });
    const headers = { 'content-type': 'application/json', authorization };
    return (await fetch(`http://127.0.0.1:${port}/v1/track`, { method: 'POST', headers, body })).status;
  };
  const arrived = async (id: string): Promise<number> => (await stack.extole.applied({ eventName: `Of ${id}` })).length;
  return { stack, forwarder, send, arrived };
}

describe("one source's topics are its own trouble (P6)", () => {
  it.each(['segment.deletions.b', 'extole.outcomes.b', 'segment.events.b'])('the other goes on without %s', async (topic) => {
    const { stack, forwarder, send, arrived } = await twoSources();
    for (let n = 0; n < 10; n++) await Promise.all([send('a'), send('b')]);
    await waitFor(async () => (await arrived('a')) === 10 && (await arrived('b')) === 10, { describe: 'both to deliver' });

    await withAdmin((admin) => admin.deleteTopics({ topics: [`${stack.prefix}${topic}`] }));
    // Until everybody has met it: the end of the longest poll.
    await pass(3_000);
    for (let n = 1; n <= 20; n++) {
      expect(await send('a')).toBe(200);
      const sentAt = performance.now();
      await waitFor(async () => (await arrived('a')) === 10 + n, { intervalMs: 20, describe: `event ${n}` });
      expect(performance.now() - sentAt).toBeLessThan(3_000);
    }
    expect(forwarder.isRunning).toBe(true);
  });
});

describe('a rebalance while calls take longer than a session of the group (P3, P4)', () => {
  it('waits for them, and repeats none', async () => {
    const stack = await startStack({
      partitions: 4,
      forwarders: 1,
      env: { EXTOLE_TIMEOUT_MS: '18000', EXTOLE_MAX_CONCURRENCY: '64' },
    });
    await stack.extole.behaviour({ latencyMs: 13_000 });
    const events = numberedEvents({ total: 30, users: 30, prefix: 'slow' });
    await sendInBatches(stack.segment, events);
    await waitFor(async () => callsFor(events, await stack.extole.ledger()).length > 0, { describe: 'a call' });
    await stack.startForwarder({ awaitReady: false });
    await waitFor(async () => callsFor(events, await stack.extole.applied()).length >= 30, {
      timeoutMs: 60_000,
      describe: 'all events',
    });
    const calls = callsFor(events, await stack.extole.ledger());
    expect(calls.filter(({ overlap }) => overlap)).toEqual([]);
    expect(repeatsAmong(calls)).toEqual([]);
  });
});
