import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { loadIngestSettings } from '#config';
import { AdminServer, Metrics } from '#observability';
import { startIngest } from './testing/start-ingest.ts';

const env = { EXTOLE_ACCESS_TOKEN: 'token', SUBJECT_HASH_KEY: 'sixteen characters', INGEST_ADMIN_PORT: '0' };
const healthy = { ok: true, reasons: [] };

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const settle = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket
      .once('connect', () => settle(true))
      .once('error', () => settle(false))
      .once('timeout', () => settle(false));
  });
}

describe('the admin port', () => {
  it('is open to its own machine alone, unless ADMIN_HOST says otherwise', async () => {
    const { adminHost, adminPort } = loadIngestSettings(env);
    const admin = new AdminServer({
      host: adminHost,
      port: adminPort,
      metrics: new Metrics({ app: 'ingest' }),
      live: () => healthy,
      ready: () => healthy,
    });
    const port = await admin.listen();
    try {
      expect(await canConnect('127.0.0.1', port)).toBe(true);
      for (const host of otherAddresses()) expect({ host, open: await canConnect(host, port) }).toEqual({ host, open: false });
    } finally {
      await admin.close();
    }
  });

  it('is a port of its own: the public one has none of its pages', async () => {
    const ingest = await startIngest();
    for (const path of ['/metrics', '/health/live', '/health/ready', '/status', '/metrics/', '/health'])
      expect((await fetch(ingest.url + path)).status).toBe(404);
    await ingest.close();
  });
});

/** Every other address of this machine; where it has none, another one of the loopback. */
function otherAddresses(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((infos = []) => infos);
  const others = addresses.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
  return others.length > 0 ? others : ['127.0.0.2'];
}
