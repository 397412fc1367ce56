import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { TokenEndpoint } from './token-endpoint.ts';

const options = {
  mechanism: 'oauthbearer',
  clientId: 'bridge:1',
  clientSecret: 's3cr3t %',
  scope: 'kafka.read kafka.write',
  extensions: {},
} as const;

describe('the token endpoint', () => {
  let server: Server | undefined;

  async function listening(answer: RequestListener): Promise<string> {
    server = createServer(answer);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/oauth2/token`;
  }

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  it('is asked with the credentials of the client, in the form that RFC 6749 gives them', async () => {
    const seen: { request: IncomingMessage; body: string }[] = [];
    const tokenUrl = await listening((request, response) => {
      void text(request).then((body) => {
        seen.push({ request, body });
        response.end(JSON.stringify({ access_token: 'a.b.c', expires_in: 300 }));
      });
    });

    expect(await new TokenEndpoint({ ...options, tokenUrl }).issue()).toEqual({ value: 'a.b.c', lifetimeMs: 300_000 });
    expect(seen).toHaveLength(1);
    const { method, headers } = seen[0]!.request;
    expect(method).toBe('POST');
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Buffer.from(headers.authorization!.replace('Basic ', ''), 'base64').toString()).toBe('bridge%3A1:s3cr3t%20%25');
    expect(seen[0]!.body).toBe('grant_type=client_credentials&scope=kafka.read+kafka.write');
  });

  it.each<[string, RequestListener, string]>([
    ['401', (_, response) => response.writeHead(401).end('{"error":"invalid_client"}'), 'answered 401 (invalid_client): check'],
    ['a redirect', (_, response) => response.writeHead(302, { location: '/login' }).end(), 'answered 302: check'],
    ['garbage', (_, response) => response.end('\u0000\u0001'), 'answered with something that is no token'],
    ['too much', (_, response) => response.end('x'.repeat(1_000_000)), 'answered with something that is no token'],
    ['a closed connection', (request) => request.socket.destroy(), 'cannot be reached (UND_ERR_SOCKET)'],
  ])('that answers with %s is named, with what to check, and without the secret', async (_, answer, told) => {
    const tokenUrl = await listening(answer);
    const refused = new TokenEndpoint({ ...options, tokenUrl }).issue();
    await expect(refused).rejects.toThrow(`the token endpoint ${tokenUrl} ${told}`);
    await expect(refused).rejects.toMatchObject({ code: 'kafka_token_unavailable', retriable: true });
    await expect(refused).rejects.not.toThrow('s3cr3t');
  });

  it('that is away is named, with what happened', async () => {
    const tokenUrl = await listening(() => undefined);
    server?.close();
    await expect(new TokenEndpoint({ ...options, tokenUrl }).issue()).rejects.toThrow('cannot be reached (ECONNREFUSED)');
  });

  it('that is slow is given up, also when it drips', async () => {
    const tokenUrl = await listening((_, response) => {
      const timer = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(timer));
    });
    const slow = new TokenEndpoint({ ...options, tokenUrl }, {}, 300).issue();
    await expect(slow).rejects.toThrow('does not answer within 0.3 s');
  });
});
