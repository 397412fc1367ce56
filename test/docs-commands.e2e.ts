import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { shellBlocks, type ShellBlock } from './docs-blocks.ts';
import { ROOT } from './docs-pages.ts';
import { environmentOf, freePorts, NpmStart, type StackPorts } from './support/npm-start.ts';
import { tempFolder } from './support/temp-folder.ts';
import { atTestEnd } from './support/test-end.ts';
import { sharedBrokers } from './support/test-kafka.ts';
import { deleteTopics } from './support/test-stack.ts';

/** Blocks of pages that run side by side: a command mostly waits, for Node to start and for Kafka to answer. */
const PAGES_AT_ONCE = 2;

/**
 * What every page runs under: an error ends it and says where, an HTTP error is one, `npx bridge` costs no second of npm's own,
 * and npm's scripts install, build, listen and measure: they are for blocks that are checked only.
 */
const PRELUDE = `
set -euo pipefail
block=0
trap 'status=$?; [ $status -eq 0 ] || echo "the block at line $block ended with $status" >&2' EXIT
curl() { command curl --silent --show-error --fail-with-body "$@"; }
npm() { echo "npm $* is too much for here: mark the block 'sh exists: why'" >&2; return 1; }
npx() { if [ "$1" = bridge ]; then shift; node bin/bridge.mjs "$@"; else command npx "$@"; fi; }
`;

interface PageRun {
  readonly code: number;
  readonly output: string;
}

const blocks = shellBlocks().filter(({ kind }) => kind === 'run');
const pages = [...new Set(blocks.map(({ page }) => page))];

describe('the commands of the documents, against a stack that npm start has started', () => {
  const runs = new Map<string, PageRun>();

  beforeAll(async () => {
    const ports = await freePorts();
    const dataDir = tempFolder('docs-data');
    const prefix = `d${randomBytes(5).toString('hex')}.`;
    const brokers = sharedBrokers();
    atTestEnd(() => deleteTopics(prefix, brokers));
    const topics = {
      KAFKA_BROKERS: brokers,
      TOPIC_PREFIX: prefix,
      TOPIC_PARTITIONS: '3',
      FORWARDER_GROUP_ID: `${prefix}forwarder`,
    };
    await new NpmStart({ ...environmentOf(ports, dataDir), ...topics }).ready();

    // The longest first, so that no core waits for it at the end.
    const lengthOf = (page: string): number => blocks.filter((block) => block.page === page).length;
    const waiting = pages.toSorted((a, b) => lengthOf(b) - lengthOf(a));
    const runNext = async (): Promise<void> => {
      for (let page = waiting.shift(); page !== undefined; page = waiting.shift()) {
        const ofPage = blocks.filter((block) => block.page === page);
        runs.set(page, await runPage(ofPage, { ports, dataDir, env: topics }));
      }
    };
    await Promise.all(Array.from({ length: PAGES_AT_ONCE }, runNext));
  }, 400_000);

  it.each(pages)('%s', (page) => {
    const { code, output } = runs.get(page) ?? { code: -1, output: 'it was not run' };
    if (code !== 0) throw new Error(output);
  });

  it('npx finds the CLI', async () => {
    const { code, output } = await run('npx', ['bridge', '--help'], { cwd: ROOT, env: {} });
    expect(output).toContain('Usage: bridge');
    expect(code).toBe(0);
  }, 60_000);
});

/** The blocks of one page in their order, in one shell, as somebody would paste them. */
function runPage(
  blocks: readonly ShellBlock[],
  { ports, dataDir, env }: { ports: StackPorts; dataDir: string; env: Readonly<Record<string, string>> },
): Promise<PageRun> {
  const script = blocks.map(({ line, text }) => `block=${line}\n${onPorts(text, ports)}\n`).join('\n');
  return run('bash', ['-c', PRELUDE + script], { cwd: folderLikeOurs(dataDir), env });
}

/** The usual ports are the stack's. */
function onPorts(text: string, ports: StackPorts): string {
  const usual: Record<string, number> = {
    3000: ports.ingest,
    3100: ports.ingestAdmin,
    3200: ports.forwarderAdmin,
    3300: ports.console,
    3400: ports.simulator,
  };
  return text.replace(/\blocalhost:(3[0-4]00)\b/g, (_, port: string) => `localhost:${usual[port]}`);
}

/** A folder that looks like the repository's, with the stack's `.data`, for what a page writes. */
function folderLikeOurs(dataDir: string): string {
  const folder = tempFolder('docs-page');
  for (const name of readdirSync(ROOT)) if (!name.startsWith('.')) symlinkSync(join(ROOT, name), join(folder, name));
  symlinkSync(dataDir, join(folder, '.data'));
  return folder;
}

function run(
  command: string,
  args: readonly string[],
  { cwd, env }: { cwd: string; env: Readonly<Record<string, string>> },
): Promise<PageRun> {
  const { PATH = '', HOME = '' } = process.env;
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env: { PATH, HOME, ...env }, timeout: 240_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), output: `${stdout}\n${stderr}` });
    });
  });
}
