import type {
  DeadLetters,
  Deletions,
  EventDetail,
  ExplainedMessage,
  Found,
  History,
  Overview,
  RedrivePreview,
  Replay,
  TimelineEntry,
} from '../apps/console/src/api/index.ts';
import { startConsole, type TestConsole } from './support/console-client.ts';
import { startStack, type TestStack } from './support/test-stack.ts';
import { waitFor } from './support/wait-for.ts';

const EMAIL = 'someone-unmistakable@example.com';

describe('the console tells why a conversion did not reach Extole', () => {
  let stack: TestStack;
  let panel: TestConsole;

  beforeAll(async () => {
    stack = await startStack();
    panel = await startConsole(stack);
  }, 60_000);

  /** A conversion of `user`, known by `name` as its message id and its partner's key. */
  async function convert(user: string, name: string, extra: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { event = 'conversion', key = name, ...rest } = extra as { event?: string; key?: string };
    await stack.segment.track(user, event, { email: EMAIL, partner_conversion_id: key }, { messageId: name, ...rest });
  }

  const isKind =
    (kind: TimelineEntry['fate']['kind']) =>
    ({ fate }: TimelineEntry): boolean =>
      fate.kind === kind;

  it('because it was filtered: by which rule', async () => {
    await convert('filtered', 'filtered', { integrations: { All: false } });
    const { fate, event } = await panel.untilEntry('filtered', 'filtered', isKind('filtered'));
    expect(event).toBe('conversion');
    expect(fate).toMatchObject({ reason: 'switched_off', rule: 'integrations' });
  }, 30_000);

  it('because it is a duplicate: of which event, and by which key', async () => {
    await convert('twice', 'first', { key: 'order-1' });
    await convert('twice', 'second', { key: 'order-1' });
    const original = await panel.untilEntry('first', 'delivered', isKind('delivered'));
    const { fate } = await panel.untilEntry('second', 'a duplicate', isKind('duplicate'));
    expect(fate).toMatchObject({
      by: 'partner-key',
      of: { position: original.position, messageId: 'first', outcome: 'delivered' },
    });
  }, 30_000);

  it('because it was given up: with the code, in the list of dead letters, and delivered by a redrive', async () => {
    const fault = { match: { eventName: 'Malformed' }, kind: 'status', status: 400, code: 'invalid_parameter' } as const;
    await stack.extole.behaviour({ faults: [fault] });
    await convert('malformed', 'malformed', { event: 'Malformed' });
    const { position, fate } = await panel.untilEntry('malformed', 'a dead letter', isKind('dead-lettered'));
    expect(fate).toMatchObject({ code: 'invalid_parameter', summary: expect.stringContaining('redrive') as string });
    const { groups } = await panel.get<DeadLetters>('/api/dead-letters');
    expect(groups).toMatchObject([
      { code: 'invalid_parameter', event: 'Malformed', count: 1, examples: [{ position, messageId: 'malformed', status: 400 }] },
    ]);

    await stack.extole.behaviour({ faults: [] });
    const selection = { source: 'default', code: 'invalid_parameter' };
    const preview = await panel.post<RedrivePreview>('/api/dead-letters/preview', selection);
    expect(preview).toEqual({ count: 1, results: { delivered: 1 } });
    const { run } = await panel.post<Replay>('/api/dead-letters/redrive', selection);
    const { outcome } = await panel.untilEntry('malformed', 'delivered', isKind('delivered'));
    expect(outcome?.run).toBe(run);
    await waitFor(async () => (await panel.get<Replay>(`/api/replays/default/${run}`)).state === 'done', {
      describe: 'the replay to be shown as done',
    });
    expect((await panel.get<DeadLetters>('/api/dead-letters')).groups).toEqual([]);
  }, 30_000);

  it('because its user was deleted: by which deletion, which is listed with its state', async () => {
    await panel.post('/api/sources/default/stop', { note: 'to be deleted first' });
    await panel.untilSource('stopped', ({ state }) => state.reason === 'operator');
    await convert('deleted', 'erased');
    const held = await panel.untilEntry('erased', 'held', isKind('held'));
    expect(held.fate).toMatchObject({ reason: 'operator', summary: expect.stringContaining('to be deleted first') as string });

    const { body } = await stack.segment.deleteUser('deleted');
    const { deletionId } = body as { deletionId: string };
    const { fate, subject } = await panel.untilEntry(
      'erased',
      'erased by it',
      (entry) => entry.fate.kind === 'erased' && entry.fate.by !== null,
    );
    expect(fate).toMatchObject({ by: { deletionId, requestedAt: expect.any(String) as string } });
    // Erasures go on while the events are stopped.
    await waitFor(
      async () =>
        (await panel.get<Deletions>('/api/deletions')).deletions.some(
          (one) => one.deletionId === deletionId && one.status === 'sent',
        ),
      { describe: 'the deletion to be listed as sent' },
    );
    expect(await panel.get(`/api/deletions/${deletionId}`)).toMatchObject({ status: 'sent', subject, attempts: 1 });
    await panel.post('/api/sources/default/resume');
    await panel.untilSource('delivering', ({ state }) => state.kind === 'delivering');
  }, 30_000);

  it('because it waits in the backlog: how far from its turn', async () => {
    await stack.extole.behaviour({ faults: [{ match: { eventName: 'Unlucky' }, kind: 'status', status: 500 }] });
    await convert('unlucky', 'unlucky', { event: 'Unlucky' });
    await convert('unlucky', 'behind');
    const { fate } = await panel.untilEntry('behind', 'in the backlog', isKind('backlog'));
    expect(fate).toMatchObject({ ahead: 1, summary: expect.stringContaining('1 record of its partition before it') as string });
    await stack.extole.behaviour({ faults: [] });
    await panel.untilEntry('behind', 'delivered', isKind('delivered'));
  }, 60_000);

  it('because its account is stopped: why, since when, and what to do', async () => {
    await stack.extole.behaviour({ tokens: ['another'] });
    await convert('held', 'held');
    const { fate } = await panel.untilEntry('held', 'held', isKind('held'));
    expect(fate).toMatchObject({
      reason: 'configuration',
      summary: expect.stringContaining('check EXTOLE_ACCESS_TOKEN') as string,
    });
    const { state, lastError, errorRate } = await panel.source();
    expect(state).toMatchObject({ kind: 'stopped', status: 401, since: expect.any(String) as string });
    expect(lastError).toMatchObject({ status: 401 });
    expect(errorRate).toBeGreaterThan(0);

    await stack.extole.behaviour({ tokens: [stack.env['EXTOLE_ACCESS_TOKEN'] ?? ''] });
    await panel.post('/api/sources/default/probe');
    await panel.untilEntry('held', 'delivered', isKind('delivered'));
  }, 60_000);

  describe('and of what it holds', () => {
    it('nothing personal is shown, logged or put into a link, unless somebody unmasks it, which is logged', async () => {
      const found = await panel.post<Found>('/api/find', { user: 'twice' });
      const [first] = found.timelines.flatMap(({ entries }) => entries);
      const { partition, offset } = first!.position;
      const linked = await panel.get<Found>(`/api/subjects/default/${first!.subject}`);
      expect(linked.timelines[0]?.entries).toHaveLength(2);
      const masked = await panel.get<EventDetail>(`/api/events/default/${partition}/${offset}`);
      expect(masked.request).toMatchObject({ event: 'conversion', dedup: { kind: 'conversion', key: '•••' } });
      for (const answer of [found, linked, masked, await panel.get('/api/dead-letters'), await panel.get('/api/overview')])
        expect(JSON.stringify(answer)).not.toContain(EMAIL);

      const shown = await panel.post<EventDetail>(`/api/events/default/${partition}/${offset}/unmask`);
      expect(JSON.stringify(shown.request)).toContain(EMAIL);
      await waitFor(() => panel.app.logs.some(({ event }) => event === 'personal_data_shown'), {
        describe: 'its line in the log',
      });
      expect(panel.app.logs).toContainEqual(expect.objectContaining({ event: 'personal_data_shown', partition, offset }));
      expect(panel.app.output).not.toContain(EMAIL);
      expect(panel.app.output).not.toContain('twice');
    }, 30_000);

    it('what the mapping makes of it can be tried with any message', async () => {
      const message = { type: 'track', event: 'conversion', userId: 'u', properties: { partner_conversion_id: 'p' } };
      expect(await panel.post<ExplainedMessage>('/api/explain', { source: 'default', message })).toMatchObject({
        kind: 'request',
        event: 'conversion',
        dedup: { kind: 'conversion', key: 'p' },
      });
    });

    it('how it went so far is there for charts, and goes on by itself', async () => {
      const { sources } = await panel.get<History>('/api/history');
      const { at, lag, deliveredPerSecond } = sources[0]!;
      expect(at.length).toBeGreaterThan(2);
      expect([lag.length, deliveredPerSecond.length]).toEqual([at.length, at.length]);
      expect(Math.max(...deliveredPerSecond.map(Number))).toBeGreaterThan(0);

      const stop = new AbortController();
      const response = await fetch(`${panel.url}/api/live`, { signal: stop.signal });
      const seen: Overview[] = [];
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        for (const [, data = ''] of chunk.matchAll(/^data: (.+)$/gm)) seen.push(JSON.parse(data) as Overview);
        if (seen.length >= 2) break;
      }
      stop.abort();
      expect(Date.parse(seen[1]!.at)).toBeGreaterThan(Date.parse(seen[0]!.at));
    }, 30_000);
  });
});
