import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { atTestEnd } from './test-end.ts';
import type { Certificate } from './certificates.ts';
import { freePort } from './wait-for.ts';

/** An identity provider: gives tokens for client credentials, and tells a broker the key that they are signed with. */
export interface TokenServer {
  /** Over TLS, with the certificate that the test has given. */
  readonly tokenUrl: string;
  /** Over HTTP: a JVM would want a truststore. */
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  readonly client: { readonly id: string; readonly secret: string };
  /** Every token that it has given, as it was. */
  readonly given: readonly string[];
  /** How many times it was asked, refusals included. */
  readonly asked: number;
  /** How it answers from now on. */
  behave(change: Partial<Behaviour>): void;
}

interface Behaviour {
  readonly lifetimeSeconds: number;
  /** 200: as it should. */
  readonly status: number;
  /** Signed with a key that nobody knows. */
  readonly forged: boolean;
}

const AUDIENCE = 'kafka';

/** Starts a token server that ends with the test (or file). */
export async function startTokenServer(certificate: Certificate, lifetimeSeconds: number): Promise<TokenServer> {
  const { publicKey, privateKey } = newKeyPair();
  const [tokenPort, jwksPort] = [await freePort(), await freePort()];
  const issuer = `https://127.0.0.1:${tokenPort}`;
  const client = { id: 'bridge', secret: `client-secret-${randomUUID()}` };
  const authorization = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`;
  const given: string[] = [];
  let asked = 0;
  let behaviour: Behaviour = { lifetimeSeconds, status: 200, forged: false };

  const jwt = (scope: string | null): string => {
    const now = Math.floor(Date.now() / 1_000);
    const claims = { iss: issuer, aud: AUDIENCE, sub: client.id, iat: now, exp: now + behaviour.lifetimeSeconds };
    const signed = [
      { alg: 'RS256', kid: 'one', typ: 'JWT' },
      { ...claims, scope: scope ?? '', jti: randomUUID() },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${signed}.${createSign('RSA-SHA256')
      .update(signed)
      .sign(behaviour.forged ? newKeyPair().privateKey : privateKey, 'base64url')}`;
  };
  const giveToken: RequestListener = (request, response) => {
    void text(request).then((body) => {
      asked++;
      if (behaviour.status !== 200) return response.writeHead(behaviour.status).end('{"error":"temporarily_unavailable"}');
      if (request.headers.authorization !== authorization) return response.writeHead(401).end('{"error":"invalid_client"}');
      const token = jwt(new URLSearchParams(body).get('scope'));
      given.push(token);
      return response.end(JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: behaviour.lifetimeSeconds }));
    });
  };
  const keys = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] });

  const secure = createServer({ key: readFileSync(certificate.key), cert: readFileSync(certificate.cert) }, giveToken);
  await listen(secure, tokenPort);
  await listen(
    createHttpServer((_, response) => void response.setHeader('content-type', 'application/json').end(keys)),
    jwksPort,
  );
  return {
    tokenUrl: `${issuer}/oauth2/token`,
    jwksUrl: `http://127.0.0.1:${jwksPort}/jwks`,
    issuer,
    audience: AUDIENCE,
    client,
    given,
    get asked() {
      return asked;
    },
    behave: (change) => void (behaviour = { ...behaviour, ...change }),
  };
}

function newKeyPair() {
  return generateKeyPairSync('rsa', { modulusLength: 2_048 });
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  atTestEnd(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
}
