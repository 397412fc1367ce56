import { LogUnavailableError } from '#event-log';
import { basic, startIngest, type RunningIngest } from '../testing/start-ingest.ts';

const track = { type: 'track', userId: 'u1', event: 'Signed Up', messageId: 'm1' };

let ingest: RunningIngest;
beforeEach(async () => {
  ingest = await startIngest();
});
afterEach(() => ingest.close());

describe('the partner door', () => {
  it('answers 202 to an event, however its fields are spelt', async () => {
    const message = { TYPE: 'track', userid: 'u1', EVENT: 'Signed Up', messageid: 'm1' };
    expect(await ingest.post('/segment', message, basic('extole-app'))).toMatchObject({
      status: 202,
      body: { status: 'accepted' },
    });
    expect(ingest.log.appended[0]?.topic).toBe('test.segment.events.app');
    expect(ingest.log.values('events')).toMatchObject([{ type: 'track', userId: 'u1', event: 'Signed Up', messageId: 'm1' }]);
  });

  it.each(['page', 'screen', 'group', 'alias', 'unheard-of'])('answers 501 to a message of type %s', async (type) => {
    expect(await ingest.post('/segment/', { type, userId: 'u1' }, basic('extole-shop'))).toMatchObject({
      status: 501,
      body: { message: expect.any(String) as string },
    });
    expect(ingest.log.appended).toEqual([]);
  });

  it.each([
    ['an array', [track]],
    ['no type', { userId: 'u1', event: 'x' }],
    ['no user', { type: 'identify' }],
    ['no event', { type: 'track', userId: 'u1' }],
    ['bad JSON', '{'],
    ['a deletion without userId', { type: 'delete', anonymousId: 'a1' }],
  ])('answers 400 with a message for Segment to show: %s', async (_, body) => {
    const answer = await ingest.post('/segment', body, basic('extole-shop'));
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body as object)).toEqual(['message']);
    expect(ingest.log.appended).toEqual([]);
  });

  it.each([
    [401, 'no key', {}],
    [401, 'an unknown key', basic('none')],
    [403, 'a write key', basic('write-shop')],
    [403, 'a deletion key', basic('delete-shop')],
  ])('answers %i to %s', async (status, _, headers) => {
    expect((await ingest.post('/segment', track, headers)).status).toBe(status);
    expect(ingest.log.appended).toEqual([]);
  });

  it('does not take a key from the body', async () => {
    expect((await ingest.post('/segment', { ...track, writeKey: 'extole-shop' })).status).toBe(401);
  });

  it.each(['log_queue_full', 'log_unavailable'] as const)(
    'answers 503, never 4xx, when it is %s: Segment gives up on those',
    async (code) => {
      ingest.log.failWhen(() => new LogUnavailableError(code, 'later', 3));
      const answer = await ingest.post('/segment', track, basic('extole-shop'));
      expect(answer).toMatchObject({ status: 503, body: { message: expect.any(String) as string } });
      expect(answer.headers.get('retry-after')).toBe('3');
    },
  );

  it('takes deletions in their several shapes', async () => {
    const shapes = [
      { userId: 'u1' },
      { type: 'delete', userId: 'u1', context: null, integrations: [], originalTimestamp: '2024-05-01 12:00:00.1 +0000 UTC' },
      { type: 'delete', UserID: 'u1', messageId: 'd1' },
    ];
    for (const shape of shapes) {
      expect(await ingest.post('/segment', shape, basic('extole-shop'))).toMatchObject({
        status: 202,
        body: { status: 'accepted', deletionId: expect.stringMatching(/^del_/) as string },
      });
    }
    const tombstones = ingest.log.appended.filter(({ topic }) => topic.includes('events'));
    expect(tombstones.map(({ record }) => record.value)).toEqual([null, null, null]);
    expect(tombstones[2]?.record.headers['messageId']).toBe('d1');
    // Without an id of its own, a deletion is never taken for a repeat of another.
    expect(tombstones[0]?.record.headers['messageId']).not.toBe(tombstones[1]?.record.headers['messageId']);
  });

  it('never takes for a deletion what merely lacks a type', async () => {
    expect((await ingest.post('/segment', { userId: 'u1', messageId: 'm1' }, basic('extole-shop'))).status).toBe(400);
    expect(ingest.log.appended).toEqual([]);
  });
});
