import { BodyReader } from '../http/read-body.ts';
import { readWish } from './read-wish.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const read = (body: object) => readWish(new BodyReader(body), NOW);

describe('what somebody wants replayed', () => {
  it('is read with its times and places', () => {
    const body = {
      fromTime: '6h',
      toTime: '2026-11-24T11:00:00Z',
      outcome: 'dead-lettered',
      code: 'invalid_email',
      rate: 50,
      redeliver: false,
    };
    expect(read(body)).toEqual({
      fromTime: NOW - 6 * 3_600_000,
      toTime: Date.parse('2026-11-24T11:00:00Z'),
      outcome: 'dead-lettered',
      code: 'invalid_email',
      rate: 50,
    });
    expect(read({ from: [{ partition: 3, offset: 1_200 }], partitions: [3] })).toEqual({
      fromOffset: [{ partition: 3, offset: 1_200 }],
      partition: [3],
    });
  });

  it.each([
    [{}, 'say what to replay'],
    [{ all: false }, 'say what to replay'],
    [{ all: 'yes' }, 'all: expected true or false'],
    [{ fromTime: 'yesterday' }, 'fromTime: expected ISO 8601'],
    [{ from: [{ partition: -1, offset: 0 }] }, 'from: expected a list of positions'],
    [{ outcome: 'lost' }, 'outcome: expected one of delivered'],
    [{ outcome: 'delivered' }, 'without redeliver'],
    [{ all: true, rate: 0 }, 'rate: expected a number above 0'],
    [{ user: 'x'.repeat(501) }, 'user: expected a text of at most 500'],
  ])('%j is refused, and says why', (body, message) => expect(() => read(body)).toThrow(message));
});
