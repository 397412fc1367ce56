import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger, noTracing, silentLogger, startTracing } from '../index.ts';
import { cleanAttributes } from './span-attributes.ts';
import { parseTraceparent } from './trace-context.ts';

const parent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const unsampled = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;
const nowhere = 'http://127.0.0.1:9/v1/traces';

describe('tracing that is off', () => {
  it('is what an app without an endpoint has, and does nothing', async () => {
    const tracing = await startTracing('ingest', undefined, silentLogger);
    expect(tracing).toBe(noTracing);
    const span = tracing.start('POST /v1/track', { kind: 'server', parent });
    expect(span).toMatchObject({ traceparent: undefined, recorded: false });
    span.end();
    await tracing.close();
  });
});

describe('tracing', () => {
  it('goes on with the trace that it is given, under a span of its own', async () => {
    const tracing = await startTracing('ingest', { url: nowhere, sampler: 'parentbased_always_on', ratio: 1 }, silentLogger);
    const { traceparent, recorded } = tracing.start('POST /v1/track', { kind: 'server', parent });
    expect(recorded).toBe(true);
    expect(traceparent).toMatch(/^00-a{32}-[0-9a-f]{16}-01$/);
    expect(traceparent).not.toContain('b'.repeat(16));
    await tracing.close();
  });

  it('begins a trace where there is none, or a malformed one', async () => {
    const tracing = await startTracing('ingest', { url: nowhere, sampler: 'always_on', ratio: 1 }, silentLogger);
    for (const malformed of [undefined, '', 'nonsense', `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`]) {
      expect(tracing.start('x', { kind: 'server', parent: malformed }).traceparent).toMatch(/^00-(?!a{32}|0{32})[0-9a-f]{32}-/);
    }
    await tracing.close();
  });

  it('leaves out what the sender or the share has sampled out, and says so to what follows', async () => {
    const follows = await startTracing('ingest', { url: nowhere, sampler: 'parentbased_always_on', ratio: 1 }, silentLogger);
    expect(follows.start('x', { kind: 'server', parent: unsampled })).toMatchObject({ recorded: false });
    expect(follows.start('x', { kind: 'server', parent: unsampled }).traceparent).toMatch(/-00$/);
    const decides = await startTracing('ingest', { url: nowhere, sampler: 'traceidratio', ratio: 0 }, silentLogger);
    expect(decides.start('x', { kind: 'server', parent })).toMatchObject({ recorded: false });
    await follows.close();
    await decides.close();
  });

  it('does not hold up the end, and tells in one word that a collector refuses', async () => {
    const lines: string[] = [];
    const log = createLogger({ app: 'test', level: 'warn', destination: { write: (line) => void lines.push(line) } });
    const collector = createServer((_request, response) => response.writeHead(400).end('a secret of the collector'));
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/traces`;
    const tracing = await startTracing('ingest', { url, sampler: 'always_on', ratio: 1 }, log);
    tracing.start('x', { kind: 'client' }).end({ failed: true });
    await tracing.close();
    collector.closeAllConnections();
    await new Promise((resolve) => collector.close(resolve));
    expect(lines.join('')).toContain('trace_export_failed');
    expect(lines.join('')).not.toContain('secret');
  });
});

describe('the attributes of a span', () => {
  it('are those of the list, of their type and bounded; everything else is dropped (P10)', () => {
    const attributes = {
      'bridge.source': 'shop',
      'bridge.attempt': 2,
      email: 'a@example.com',
      'bridge.code': 7,
      'bridge.run': 'r'.repeat(1_000),
    };
    expect(cleanAttributes(attributes)).toEqual({ 'bridge.source': 'shop', 'bridge.attempt': 2, 'bridge.run': 'r'.repeat(200) });
  });
});

describe('a traceparent', () => {
  it('is understood in version 00 only', () => {
    expect(parseTraceparent(parent)).toEqual({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true });
    expect(parseTraceparent(parent.replace('00-', '01-'))).toBeUndefined();
    expect(parseTraceparent(parent.toUpperCase())).toBeUndefined();
  });
});
