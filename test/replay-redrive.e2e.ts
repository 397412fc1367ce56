import { callsFor } from './support/extole-calls.ts';
import { numberedEvent, numberedEvents, sendInBatches } from './support/numbered-events.ts';
import { jsonOf, runBridge } from './support/run-bridge.ts';
import { untilSettled } from './support/settled.ts';
import { startStack, type TestStack } from './support/test-stack.ts';

describe('dead letters are redriven when what was wrong is mended', () => {
  const wrong = [0, 1, 2].map((n) => numberedEvent('wrong', n, { event: 'Malformed' }));
  const odd = numberedEvent('odd', 0, { event: 'Odd' });
  const good = numberedEvents({ total: 100, users: 10, prefix: 'good' });
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startStack();
    await stack.extole.behaviour({
      faults: [
        { match: { eventName: 'Malformed' }, kind: 'status', status: 400, code: 'invalid_parameter' },
        { match: { eventName: 'Odd' }, kind: 'status', status: 400, code: 'invalid_json' },
      ],
    });
    await sendInBatches(stack.segment, [...good, ...wrong, odd]);
    await untilSettled(stack);
  }, 60_000);

  const list = async (...filter: string[]): Promise<unknown> =>
    jsonOf(await runBridge(stack, 'dead-letters', 'list', '--json', ...filter))['deadLetters'];

  it('lists them by code and event, with an example', async () => {
    const outcomes = (await stack.readOutcomes()).filter(({ messageId }) => messageId === wrong[2]!.messageId);
    const { partition, offset } = outcomes[0]!['position'] as { partition: number; offset: number };
    expect(await list()).toEqual([
      expect.objectContaining({ code: 'invalid_parameter', event: 'Malformed', count: 3, example: `${partition}:${offset}` }),
      expect.objectContaining({ code: 'invalid_json', event: 'Odd', count: 1 }),
    ]);
    expect(await list('--code', 'invalid_json')).toHaveLength(1);
    expect(await list('--event', 'Malformed', '--since', '1h')).toHaveLength(1);
    expect(await list('--since', '2100-01-01')).toHaveLength(0);
  }, 30_000);

  it('fails, and says so, while nothing is mended', async () => {
    const run = await runBridge(stack, 'dead-letters', 'redrive', '--event', 'Malformed', '--json');
    expect(run.code).toBe(1);
    expect(jsonOf(run)).toMatchObject({ state: 'done', results: { 'dead-lettered': 3 } });
    expect(await list('--event', 'Malformed')).toEqual([expect.objectContaining({ count: 3 })]);
  }, 30_000);

  it('sends those that are named, each once, and no other event', async () => {
    await stack.extole.reset();
    const rehearsed = jsonOf(
      await runBridge(stack, 'dead-letters', 'redrive', '--code', 'invalid_parameter', '--dry-run', '--json'),
    );
    expect(await stack.extole.ledger()).toEqual([]);
    const run = await runBridge(stack, 'dead-letters', 'redrive', '--code', 'invalid_parameter', '--json');
    expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining('3 dead letters') as unknown });
    expect(jsonOf(run)).toMatchObject({ results: { delivered: 3 } });
    expect(jsonOf(run)['results']).toEqual(rehearsed['results']);

    const ledger = await stack.extole.ledger();
    expect(ledger.map(({ partnerEventId }) => partnerEventId)).toEqual(wrong.map(({ messageId }) => messageId));
    expect(callsFor(good, ledger)).toHaveLength(0);
    expect(await list()).toEqual([expect.objectContaining({ event: 'Odd' })]);
  }, 30_000);
});
