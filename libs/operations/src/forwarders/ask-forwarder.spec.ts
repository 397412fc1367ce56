import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askForwarder } from './ask-forwarder.ts';

const STATUS = {
  ready: true,
  sources: [{ source: 'default', state: { kind: 'delivering' }, erasures: { kind: 'delivering' }, partitions: [] }],
};

let server: Server | undefined;
afterEach(() => new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve()))));

/** An admin port that answers like this; its URL. */
async function answering(listener: RequestListener): Promise<string> {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

describe('asking a forwarder how it stands', () => {
  it('asks where it says that its admin port is, below a path as well', async () => {
    const asked: (string | undefined)[] = [];
    const url = await answering((request, response) => {
      asked.push(request.url);
      response.end(JSON.stringify(STATUS));
    });
    expect(await askForwarder(url)).toMatchObject({ kind: 'answered', answer: STATUS });
    expect(await askForwarder(`${url}/forwarder-0/`)).toMatchObject({ kind: 'answered' });
    expect(asked).toEqual(['/status', '/forwarder-0/status']);
  });

  it('says what to check where nobody answers, or somebody else does', async () => {
    const other = await answering((_, response) => void response.end('{"hello":"world"}'));
    expect(await askForwarder(other)).toMatchObject({
      kind: 'silent',
      trouble: expect.stringContaining('is no forwarder') as string,
    });
    expect(await askForwarder('http://127.0.0.1:1')).toMatchObject({
      trouble: expect.stringContaining('FORWARDER_ADVERTISED_URL') as string,
    });
    expect(await askForwarder('file:///etc/passwd')).toMatchObject({ trouble: expect.stringContaining('is no URL') as string });
    expect(await askForwarder(undefined)).toMatchObject({ trouble: expect.stringContaining('older version') as string });
  });

  it('follows nobody elsewhere: who may write into the group could lead us anywhere', async () => {
    const url = await answering((request, response) => {
      if (request.url === '/status') response.writeHead(302, { location: '/elsewhere' }).end();
      else response.end(JSON.stringify(STATUS));
    });
    expect(await askForwarder(url)).toMatchObject({ kind: 'silent' });
  });
});
