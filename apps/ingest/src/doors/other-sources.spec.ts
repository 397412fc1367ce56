import { createHmac } from 'node:crypto';
import { basic, startIngest, type RunningIngest } from '../testing/start-ingest.ts';

const track = { type: 'track', userId: 'u1', event: 'x' };

let ingest: RunningIngest;
beforeEach(async () => {
  ingest = await startIngest();
});
afterEach(() => ingest.close());

const topics = (): string[] => [...new Set(ingest.log.appended.map(({ topic }) => topic))];

describe('a key of one source', () => {
  it('reaches the topics of that source alone, at every door', async () => {
    const body = JSON.stringify(track);
    const signature = createHmac('sha1', 'secret-app').update(body).digest('hex');
    await ingest.post('/v1/track', track, basic('write-app'));
    await ingest.post('/v1/batch', { batch: [track] }, basic('write-app'));
    await ingest.post('/segment', track, basic('extole-app'));
    await ingest.post('/segment', { userId: 'u1' }, basic('extole-app'));
    await ingest.post('/webhooks/segment', body, { 'x-signature': signature });
    await ingest.post('/v1/delete', { userId: 'u1' }, basic('delete-app'));
    expect(topics().sort()).toEqual(['test.segment.deletions.app', 'test.segment.events.app']);
  });

  it.each([
    ['a source', { source: 'shop' }],
    ['a write key of another source', { writeKey: 'write-shop' }],
    ['a project', { projectId: 'shop', context: { source: 'shop' } }],
  ])('is not turned into one of another by %s in the body', async (_, more) => {
    await ingest.post('/v1/track', { ...track, ...more }, basic('write-app'));
    expect(topics()).toEqual(['test.segment.events.app']);
  });

  it.each([
    ['a write key', 'write-app', '/v1/delete', 403],
    ['a write key of the other source', 'write-shop', '/v1/delete', 403],
    ['a write key', 'write-app', '/segment', 403],
    ['a deletion key', 'delete-app', '/v1/track', 401],
  ])('never opens a door of another kind: %s (%s) at %s is a %i', async (_, key, path, status) => {
    expect((await ingest.post(path, track, basic(key))).status).toBe(status);
    expect(ingest.log.appended).toEqual([]);
  });

  it('does not erase a user of another source who has the same id', async () => {
    await ingest.post('/v1/track', track, basic('write-shop'));
    await ingest.post('/v1/delete', { userId: 'u1' }, basic('delete-app'));
    const tombstones = ingest.log.appended.filter(({ record }) => record.value === null);
    expect(tombstones.map(({ topic }) => topic)).toEqual(['test.segment.events.app']);
  });
});
