import { join } from 'node:path';
import { freePort } from '../../tools/stack/lib/ports.mjs';
import { answers } from '../../tools/stack/lib/ports.mjs';
import { startIngest, WRITE_KEY } from '../lib/apps.mjs';
import { ROOT } from '../lib/places.mjs';
import { MeasuredProcess } from '../lib/process.mjs';
import { goProgram } from '../lib/toolchain.mjs';

const BENTO = 'bench/contestants/bento';

/**
 * Who takes events over HTTP and answers when Kafka has them. `start` resolves with a process that listens at `address`; `authorization` is what it wants
 * to see. Both are sent the same requests.
 */
export const INGEST = [
  {
    id: 'ours',
    title: 'this project: authentication, validation, rejection per event',
    authorization: `Basic ${Buffer.from(`${WRITE_KEY}:`).toString('base64')}`,
    prepare: async () => undefined,
    start: (options) => startIngest(options),
  },
  {
    id: 'before',
    title: 'this project, the version of --against',
    authorization: `Basic ${Buffer.from(`${WRITE_KEY}:`).toString('base64')}`,
    isLeftOut: ({ against }) => against === undefined,
    prepare: async (progress, { against }) => against,
    start: (options, root) => startIngest({ ...options, root }),
  },
  {
    id: 'bento',
    title: 'Bento http_server: no authentication, no validation',
    authorization: '',
    prepare: (progress) => goProgram(BENTO, progress),
    start: startBento,
  },
];

async function startBento({ brokers, topics, folder, path }, program) {
  const port = await freePort();
  const bento = new MeasuredProcess({
    name: 'bento-ingest',
    command: program,
    args: ['-c', join(ROOT, BENTO, 'ingest.yaml')],
    env: { BROKERS: brokers, TOPIC: topics.names.events, PORT: String(port), INGEST_PATH: path },
    logPath: join(folder, 'bento-ingest.log'),
    cwd: folder,
  });
  bento.address = `127.0.0.1:${port}`;
  await bento.until(() => answers('127.0.0.1', port), { describe: 'Bento to listen' });
  return bento;
}
