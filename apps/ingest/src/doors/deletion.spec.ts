import { parseDeletionId, SubjectHasher, toSubjectKey } from '#segment';
import { LogUnavailableError } from '#event-log';
import { basic, startIngest, type RunningIngest } from '../testing/start-ingest.ts';

let ingest: RunningIngest;
beforeEach(async () => {
  ingest = await startIngest();
});
afterEach(() => ingest.close());

describe('the deletion door', () => {
  it('writes the tombstone into the order of the user, then announces its place in the same partition (P5)', async () => {
    await ingest.post('/v1/track', { userId: 'u7', event: 'x' }, basic('write-shop'));
    const answer = await ingest.post('/v1/delete', { userId: 'u7' }, basic('delete-shop'));
    expect(answer).toMatchObject({ status: 202, body: { status: 'accepted' } });

    const [event, tombstone, notice] = ingest.log.appended;
    expect(tombstone).toMatchObject({
      topic: 'test.segment.events.shop',
      record: { key: 'u7', value: null, headers: { type: 'delete' } },
    });
    expect(tombstone?.position).toEqual({ partition: event?.position.partition, offset: 1 });
    const subject = new SubjectHasher('0123456789abcdef', 'shop').subject(toSubjectKey('u7'));
    expect(notice).toMatchObject({
      topic: 'test.segment.deletions.shop',
      record: { key: subject },
      position: { partition: tombstone?.position.partition },
    });
    const { deletionId } = answer.body as { deletionId: string };
    expect(ingest.log.values('deletions')).toMatchObject([{ deletionId, ...tombstone?.position }]);
    expect(parseDeletionId(deletionId)).toEqual({ source: 'shop', position: tombstone?.position });
    expect(ingest.lines.join('')).not.toContain('u7');
  });

  it.each([
    [403, 'a write key: it is public', basic('write-shop')],
    [403, 'an Extole key', basic('extole-shop')],
    [401, 'an unknown key', basic('none')],
    [401, 'no key', {}],
  ])('answers %i to %s', async (status, _, headers) => {
    expect(await ingest.post('/v1/delete', { userId: 'u1', writeKey: 'delete-shop' }, headers)).toMatchObject({
      status,
      body: { message: expect.any(String) as string },
    });
    expect(ingest.log.appended).toEqual([]);
  });

  it.each([
    ['no user', {}],
    ['an array', [{ userId: 'u1' }]],
    ['an event', { type: 'track', userId: 'u1', event: 'x' }],
  ])('answers 400 to %s', async (_, body) => {
    expect((await ingest.post('/v1/delete', body, basic('delete-shop'))).status).toBe(400);
    expect(ingest.log.appended).toEqual([]);
  });

  it('is not answered 202 before the announcement is acknowledged as well', async () => {
    ingest.log.failWhen(({ value }) => (value === null ? undefined : new LogUnavailableError('log_queue_full', 'full', 2)));
    const answer = await ingest.post('/v1/delete', { userId: 'u1' }, basic('delete-shop'));
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('2');
  });

  it.each(['/v1/delete', '/v1/batch', '/v1/track', '/v1/i'])('no public write key deletes anybody through %s', async (path) => {
    const deletion = { type: 'delete', userId: 'u1' };
    await ingest.post(path, path.endsWith('batch') ? { batch: [deletion] } : deletion, basic('write-shop'));
    expect(ingest.log.appended.filter(({ record }) => record.value === null)).toEqual([]);
  });
});
