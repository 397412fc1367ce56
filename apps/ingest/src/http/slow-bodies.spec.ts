import { connect, type Socket } from 'node:net';
import { basic, startIngest, type RunningIngest } from '../testing/start-ingest.ts';

const track = { userId: 'u1', event: 'x', messageId: 'm1' };

let ingest: RunningIngest;
let sockets: Socket[];
beforeEach(async () => {
  // All bodies together may have 200 KB.
  ingest = await startIngest({ logQueueBytes: 100_000 });
  sockets = [];
});
afterEach(async () => {
  sockets.forEach((socket) => socket.destroy());
  await ingest.close();
});

/** Begins a body of 100 KB, sends 60 KB of it, and then nothing. Resolves with the answer, should one come. */
async function stall(path = '/v1/track', key = 'write-shop'): Promise<{ readonly answer: Promise<string> }> {
  const before = await heldBytes();
  const { authorization } = basic(key);
  const socket = connect(Number(new URL(ingest.url).port), '127.0.0.1');
  sockets.push(socket);
  let text = '';
  const answer = new Promise<string>((resolve) => {
    socket.on('data', (chunk: Buffer) => resolve((text += chunk.toString())));
    socket.on('error', () => resolve(text));
  });
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000\r\nauthorization: ${authorization}\r\n\r\n`,
  );
  socket.write(' '.repeat(60_000));
  await until(async () => (await heldBytes()) !== before);
  return { answer };
}

async function heldBytes(): Promise<number> {
  return Number(/^bridge_ingest_body_bytes\{[^}]*\} (\d+)$/m.exec(await ingest.metrics.text())?.[1]);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('bodies that do not come to an end', () => {
  it('give way to those that do, the longest first, and are told to try again', async () => {
    const [oldest, ...others] = [await stall(), await stall(), await stall()];
    const body = { ...track, properties: { a: 'x'.repeat(25_000) } };
    expect((await ingest.post('/v1/track', body, basic('write-shop'))).status).toBe(200);

    const answer = await oldest?.answer;
    expect(answer).toMatch(/^HTTP\/1\.1 429 /);
    expect(answer).toMatch(/retry-after: 1\r\n/i);
    expect(answer).toMatch(/connection: close\r\n/i);
    await expect(Promise.race([...others.map((other) => other.answer), Promise.resolve('none')])).resolves.toBe('none');
  });

  it('are told 503 at the doors whose senders give up on a 4xx', async () => {
    const oldest = await stall('/segment', 'extole-shop');
    await stall();
    await stall();
    await ingest.post('/v1/track', { ...track, properties: { a: 'x'.repeat(25_000) } }, basic('write-shop'));
    expect(await oldest.answer).toMatch(/^HTTP\/1\.1 503 [^]*retry-after: 1\r\n/i);
  });

  it('are forgotten with their connections', async () => {
    await stall();
    await stall();
    sockets.forEach((socket) => socket.destroy());
    await until(async () => (await heldBytes()) === 0);
    expect((await ingest.post('/v1/track', track, basic('write-shop'))).status).toBe(200);
  });
});

it('holds no bytes of a request that has been answered', async () => {
  await ingest.post('/v1/track', track, basic('write-shop'));
  await ingest.post('/v1/track', '{', basic('write-shop'));
  await ingest.post('/v1/track', 'x'.repeat(150_000), basic('write-shop'));
  await until(async () => (await heldBytes()) === 0);
});
