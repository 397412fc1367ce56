import { DeliveryBench, event } from '../testing/delivery-bench.ts';

describe('what an outcome says', () => {
  it('names the record, the attempts, the answer and the times, and nothing personal (P10)', () => {
    const bench = new DeliveryBench().arrive(event(0)).answer(0, { kind: 'delivered', status: 202, extoleId: 'e1' });
    expect(bench.outcomeOf(0)).toEqual({
      schema: 1,
      outcome: 'delivered',
      type: 'track',
      event: 'thing',
      subject: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      messageId: 'm0',
      messageKey: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      position: { partition: 0, offset: 0 },
      attempts: 1,
      status: 202,
      extoleId: 'e1',
      mappingVersion: '1',
      latencyMs: 1_000_000,
      at: new Date(bench.now.wallMs).toISOString(),
    });
  });
});
