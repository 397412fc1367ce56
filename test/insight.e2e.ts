import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { readTopic, type TopicRecord } from './support/read-topic.ts';
import { jsonOf, runBridge } from './support/run-bridge.ts';
import { scrape } from './support/scrape.ts';
import { untilSettled } from './support/settled.ts';
import { startStack, type TestStack } from './support/test-stack.ts';
import { startTraceReceiver, type ReceivedSpan, type TraceReceiver } from './support/trace-receiver.ts';
import { waitFor } from './support/wait-for.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The names in docs/metrics.md, by app. */
function documentedMetrics(app: string): string[] {
  const [, section = ''] = read('docs/metrics.md').split(`\n## ${app}\n`);
  return [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name);
}

describe('what a running bridge lets its operators see', () => {
  let stack: TestStack;
  let traces: TraceReceiver;
  const marker = `marker${randomBytes(8).toString('hex')}`;
  const sentTrace = { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') };

  beforeAll(async () => {
    traces = await startTraceReceiver();
    stack = await startStack({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: traces.url } });
  }, 90_000);

  const forwarder = () => {
    const [first] = stack.forwarders;
    if (first === undefined) throw new Error('there is no forwarder');
    return first;
  };

  describe('in metrics', () => {
    it.each(['ingest', 'forwarder'] as const)('are those that docs/metrics.md names, no more and no less: %s', async (name) => {
      const { declared } = await scrape(name === 'ingest' ? stack.ingest : forwarder());
      expect(declared.filter((metric) => metric.startsWith('bridge_')).sort()).toEqual(documentedMetrics(name).sort());
    });

    it("show the group's confirmation of this member again and again", async () => {
      let longest = 0;
      await waitFor(
        async () => {
          const silence = (await scrape(forwarder())).sum('bridge_group_silence_seconds');
          longest = Math.max(longest, silence);
          return silence < longest / 2;
        },
        { timeoutMs: 20_000, intervalMs: 100, describe: () => `the silence to end (it was ${longest} s at most)` },
      );
      expect(longest).toBeLessThan(5);
    }, 30_000);

    it('show a backlog with its size and age while Extole fails, and nothing of it afterwards', async () => {
      await stack.extole.behaviour({ faults: [{ match: { partnerUserId: 'slow' }, kind: 'status', status: 500 }] });
      await stack.segment.track('slow', 'Held', {});
      await stack.segment.track('slow', 'Waits Behind', {});
      await stack.segment.deleteUser('slow-to-leave');
      await waitFor(
        async () => {
          const now = await scrape(forwarder());
          return (
            now.sum('bridge_lag_records') >= 2 &&
            now.sum('bridge_oldest_event_seconds') > 1 &&
            now.sum('bridge_extole_retries_total', { kind: 'call' }) >= 1 &&
            now.sum('bridge_extole_call_seconds_count', { status: '5xx' }) >= 2
          );
        },
        { describe: 'the backlog to be seen' },
      );
      await stack.extole.behaviour({ faults: [] });
      await untilSettled(stack);
      await waitFor(
        async () => {
          const now = await scrape(forwarder());
          return now.sum('bridge_lag_records') === 0 && now.sum('bridge_oldest_event_seconds') === 0;
        },
        { timeoutMs: 15_000, describe: 'the backlog to be gone' },
      );
    }, 60_000);

    it('show a deletion that Extole does not take, until it has', async () => {
      const deletions = (await scrape(forwarder())).sum('bridge_deletion_latency_seconds_count');
      await stack.extole.behaviour({ faults: [{ match: { path: '/v4/erasures' }, kind: 'status', status: 500 }] });
      await stack.segment.deleteUser('leaver');
      await waitFor(
        async () => {
          const now = await scrape(forwarder());
          return now.sum('bridge_deletions_open') === 1 && now.sum('bridge_deletion_oldest_seconds') > 0.5;
        },
        { describe: 'the deletion to be open' },
      );
      await stack.extole.behaviour({ faults: [] });
      await waitFor(async () => (await scrape(forwarder())).sum('bridge_deletions_open') === 0, {
        describe: 'the deletion to be closed',
      });
      expect((await scrape(forwarder())).sum('bridge_deletion_latency_seconds_count')).toBe(deletions + 1);
    }, 60_000);

    it('count what was refused by its code', async () => {
      await stack.extole.behaviour({
        faults: [{ match: { eventName: 'Refused' }, kind: 'status', status: 400, code: 'validation_error' }],
      });
      await stack.segment.track('somebody', 'Refused', {}, { messageId: 'refused' });
      await untilSettled(stack);
      await stack.extole.behaviour({ faults: [] });
      const labels = { outcome: 'dead-lettered', code: 'validation_error' };
      expect((await scrape(forwarder())).sum('bridge_outcome_codes_total', labels)).toBe(1);
    }, 60_000);
  });

  describe('in traces', () => {
    let ofTheRequest: ReceivedSpan[];

    beforeAll(async () => {
      const properties = { email: `${marker}@example.com`, [marker]: marker };
      const body = { userId: `user-${marker}`, event: 'registration', messageId: `message-${marker}`, properties };
      await stack.segment.post('/v1/track', body, { traceparent: `00-${sentTrace.traceId}-${sentTrace.spanId}-01` });
      ofTheRequest = await waitFor(
        () => {
          const spans = traces.spans.filter(({ traceId }) => traceId === sentTrace.traceId);
          return spans.length >= 3 ? spans : undefined;
        },
        { describe: 'the spans of one event' },
      );
    }, 60_000);

    const named = (name: string): ReceivedSpan => {
      const span = ofTheRequest.find((candidate) => candidate.name === name);
      if (span === undefined) throw new Error(`no span ${name} among ${ofTheRequest.map((one) => one.name).join(', ')}`);
      return span;
    };

    it('lead from the request through the record to the call', () => {
      const [request, delivery, call] = [named('POST /v1/track'), named('deliver track'), named('extole event')];
      expect(request).toMatchObject({ service: 'bridge-ingest', parentSpanId: sentTrace.spanId });
      expect(delivery).toMatchObject({ service: 'bridge-forwarder', parentSpanId: request.spanId });
      expect(call).toMatchObject({ service: 'bridge-forwarder', parentSpanId: delivery.spanId });
      expect(request.attributes).toMatchObject({ 'http.route': '/v1/track', 'http.response.status_code': 200 });
      expect(delivery.attributes).toMatchObject({
        'bridge.outcome': 'delivered',
        'messaging.destination.name': stack.topics.events,
      });
      expect(call.attributes).toMatchObject({
        'bridge.verdict': 'delivered',
        'bridge.attempt': 1,
        'http.response.status_code': 200,
      });
    });

    it('name the place of the record, by which everything else is found', async () => {
      const { 'messaging.kafka.offset': offset, 'messaging.destination.partition.id': partition } =
        named('deliver track').attributes;
      const record = (await stack.readEvents()).find(
        (one) => one.offset === String(offset) && String(one.partition) === partition,
      );
      expect(record?.headers['messageId']).toBe(`message-${marker}`);
      expect(record?.headers['traceparent']).toBe(`00-${sentTrace.traceId}-${named('POST /v1/track').spanId}-01`);
    });

    it('hold nothing personal (P10)', () => {
      expect(traces.raw).not.toContain(marker);
      expect(traces.raw).not.toContain(stack.env['EXTOLE_ACCESS_TOKEN']);
      expect(traces.raw).not.toContain(stack.env['SEGMENT_WRITE_KEYS']);
    });

    it('are not sent on to Extole: every attempt is the same to the byte', async () => {
      const calls = await stack.extole.ledger({ partnerEventId: `message-${marker}` });
      expect(calls.length).toBe(1);
      expect(JSON.stringify(calls)).not.toContain(sentTrace.traceId);
    });

    it('follow a deletion to its erasure', async () => {
      const traceId = randomBytes(16).toString('hex');
      const authorization = `Basic ${Buffer.from(`${stack.env['DELETION_KEYS']}:`).toString('base64')}`;
      await stack.segment.post(
        '/v1/delete',
        { userId: `user-${marker}` },
        { authorization, traceparent: `00-${traceId}-${'1'.repeat(16)}-01` },
      );
      await waitFor(() => traces.spans.some((span) => span.traceId === traceId && span.name === 'extole erasure'), {
        describe: 'the span of the erasure',
      });
    }, 30_000);
  });

  describe('in topics', () => {
    /** As published, but closed: a field that the schema does not name is a fault here, while readers have to ignore it. */
    const validatorOf = (name: string) => {
      const ajv = new Ajv({ allErrors: true, strict: false });
      addFormats.default(ajv);
      return ajv.compile(closed(JSON.parse(read(`docs/interfaces/schemas/${name}.json`))) as object);
    };

    const faultsOf = (schema: string, values: readonly unknown[]): unknown[] => {
      const validate = validatorOf(schema);
      return values.flatMap((value) => (validate(value) ? [] : (validate.errors ?? []).map((error) => ({ value, error }))));
    };

    const valuesOf = (records: readonly TopicRecord[]): unknown[] =>
      records.flatMap(({ value }) => (value === null ? [] : [JSON.parse(value) as unknown]));

    beforeAll(async () => {
      const context = { ip: '203.0.113.7', traits: { email: 'a@example.com' } };
      await stack.segment.identify('schema-user', { email: 'a@example.com', age: 25 }, { context, anonymousId: 'anonymous' });
      await stack.segment.track('schema-user', 'conversion', { partner_conversion_id: 'once' }, { integrations: { All: true } });
      await stack.segment.track('schema-user', 'conversion', { partner_conversion_id: 'once' });
      await stack.segment.track('schema-user', 'Off', {}, { integrations: { All: false }, timestamp: '2026-01-01T00:00:00Z' });
      await untilSettled(stack);
      for (const word of ['stop', 'probe', 'resume']) await runBridge(stack, 'sources', word, '--source', 'default');
      jsonOf(await runBridge(stack, 'replay', '--all', '--redeliver', '--yes', '--json'));
    }, 60_000);

    it('are events as their schemas say, headers included', async () => {
      const records = await stack.readEvents();
      expect(records.length).toBeGreaterThan(8);
      expect(faultsOf('event', valuesOf(records))).toEqual([]);
      const headers = records.map((record) => record.headers);
      expect(faultsOf('event-headers', headers)).toEqual([]);
      expect(records.filter(({ value }) => value === null).map(({ headers: { type } }) => type)).toEqual([
        'delete',
        'delete',
        'delete',
      ]);
    });

    it('are outcomes as their schema says, under their offsets', async () => {
      const records = await readTopic(stack.topics.outcomes);
      const outcomes = valuesOf(records) as { outcome: string; position: { offset: number } }[];
      expect(faultsOf('outcome', outcomes)).toEqual([]);
      expect([...new Set(outcomes.map(({ outcome }) => outcome))]).toEqual(
        expect.arrayContaining(['delivered', 'duplicate', 'filtered', 'dead-lettered']),
      );
      expect(records.map(({ key }) => key)).toEqual(outcomes.map(({ position }) => String(position.offset)));
    });

    it('are deletions and replays as their schemas say', async () => {
      const deletions = await readTopic(stack.topics.deletions);
      expect(deletions.length).toBe(3);
      expect(faultsOf('deletion', valuesOf(deletions))).toEqual([]);
      const replays = await readTopic(stack.topics.replays);
      const ofType = (type: string) => valuesOf(replays.filter(({ headers }) => headers['type'] === type));
      expect(ofType('request').length).toBeGreaterThan(0);
      expect(faultsOf('replay-request', ofType('request'))).toEqual([]);
      expect(ofType('progress').length).toBeGreaterThan(0);
      expect(faultsOf('replay-progress', ofType('progress'))).toEqual([]);
      expect(ofType('control').length).toBe(3);
      expect(faultsOf('source-control', ofType('control'))).toEqual([]);
    });
  });
});

/** The schema with every object that names its fields closed to others. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const own = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return own['type'] === 'object' && 'properties' in own ? { ...own, additionalProperties: false } : own;
}
