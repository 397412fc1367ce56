import { cpSync, mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { callsFor, repeatsAmong } from '../support/extole-calls.ts';
import { numberedEvents, sendInBatches, type NumberedEvent } from '../support/numbered-events.ts';
import { untilCalls } from '../support/settled.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { startStack, type TestStack } from '../support/test-stack.ts';
import { reportFigure } from './support/figures.ts';
import { expectKeptPromises } from './support/judgement.ts';
import { scaled } from './support/scale.ts';
import { makeReadOnly, mayMount, smallDisk } from './support/small-disk.ts';

const CONCURRENCY = 32;
const EVENTS = scaled(6_000, 1_000);
const canMount = mayMount();
if (!canMount) process.stderr.write('skipped: full and read-only disks need root and the right to mount\n');

interface Place {
  readonly name: string;
  readonly needsMount: boolean;
  /** Prepares a STATE_DIR before the first start. */
  readonly make: () => string;
  /** What happens to it while the forwarder runs. */
  readonly worsen: (stateDir: string) => void;
}

const PLACES: readonly Place[] = [
  {
    name: 'does not exist yet',
    needsMount: false,
    make: () => join(tempFolder('state'), 'not', 'there'),
    worsen: () => undefined,
  },
  {
    name: 'cannot be made, because a file stands in its way',
    needsMount: false,
    make: () => {
      const file = join(tempFolder('state'), 'file');
      writeFileSync(file, '');
      return join(file, 'state');
    },
    worsen: () => undefined,
  },
  {
    name: 'vanishes',
    needsMount: false,
    make: () => tempFolder('state'),
    worsen: (stateDir) => rmSync(stateDir, { recursive: true }),
  },
  { name: 'becomes read-only', needsMount: true, make: () => smallDisk(4_096), worsen: makeReadOnly },
  {
    name: 'was read-only from the start',
    needsMount: true,
    make: () => {
      const disk = smallDisk(64);
      makeReadOnly(disk);
      return disk;
    },
    worsen: () => undefined,
  },
  { name: 'is full', needsMount: true, make: () => fill(smallDisk(64)), worsen: () => undefined },
  { name: 'becomes full', needsMount: true, make: () => smallDisk(1_024), worsen: fill },
];

/** Fills a disk to its last byte. */
function fill(disk: string): string {
  for (let size = 65_536; size >= 1; size /= 2) {
    for (let file = 0; ; file++) {
      try {
        writeFileSync(join(disk, `filling-${size}-${file}`), Buffer.alloc(size));
      } catch {
        break;
      }
    }
  }
  return disk;
}

describe('STATE_DIR is a cache: without it a start takes longer, and nothing else', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await startStack({ partitions: 4, forwarders: 0, env: { EXTOLE_MAX_CONCURRENCY: String(CONCURRENCY) } });
  }, 90_000);

  beforeEach(async () => {
    await stack.extole.reset();
    await stack.extole.behaviour({ latencyMs: 10, jitterMs: 10 });
  });

  afterEach(() => stack.forwarders.at(-1)?.kill9());

  async function repeatsOf(events: readonly NumberedEvent[]): Promise<number> {
    const { ledger } = await expectKeptPromises(stack, events);
    return repeatsAmong(callsFor(events, ledger)).length;
  }

  for (const { name, needsMount, make, worsen } of PLACES) {
    const maybe = needsMount && !canMount ? it.skip : it;
    maybe(
      `delivers, and repeats no more than after any kill -9, when STATE_DIR ${name}`,
      async () => {
        const stateDir = make();
        const events = numberedEvents({ total: EVENTS, users: 200, prefix: `place-${name.replaceAll(/\W/g, '-')}` });
        const forwarder = await stack.startForwarder({ stateDir });
        await sendInBatches(stack.segment, events);
        worsen(stateDir);
        await untilCalls(stack, EVENTS / 3);
        await forwarder.kill9();
        await stack.startForwarder({ stateDir });
        const repeats = await repeatsOf(events);
        reportFigure({ name: `repeats when STATE_DIR ${name}`, values: { repeats }, bound: 2 * CONCURRENCY });
        expect(repeats).toBeLessThanOrEqual(2 * CONCURRENCY);
        expect(await stack.forwarders.at(-1)?.terminate()).toEqual({ code: 0, signal: null });
      },
      120_000,
    );
  }

  it('repeats nothing when its checkpoints are old, torn, empty, garbage, or of other topics', async () => {
    const stateDir = tempFolder('state');
    const aside = tempFolder('aside');
    const elsewhere = await foreignCheckpoints();
    const first = numberedEvents({ total: EVENTS, users: 200, prefix: 'checkpoint-first' });
    const second = numberedEvents({ total: EVENTS, users: 200, prefix: 'checkpoint-second' });

    let forwarder = await stack.startForwarder({ stateDir });
    await sendInBatches(stack.segment, first);
    expect(await repeatsOf(first)).toBe(0);
    await forwarder.terminate();
    cpSync(stateDir, aside, { recursive: true });

    forwarder = await stack.startForwarder({ stateDir });
    await sendInBatches(stack.segment, second);
    expect(await repeatsOf(second)).toBe(0);
    await forwarder.terminate();

    const spoilers: readonly ((path: string, oldPath: string) => void)[] = [
      (path, oldPath) => cpSync(oldPath, path),
      (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
      (path) => writeFileSync(path, ''),
      (path) => cpSync(elsewhere, path),
    ];
    const files = checkpointsIn(stateDir);
    expect(files).toHaveLength(spoilers.length);
    files.forEach((file, index) => spoilers[index]?.(join(stateDir, file), join(aside, file)));

    await stack.startForwarder({ stateDir });
    // Known messages again: a state that had forgotten them would deliver them.
    await sendInBatches(stack.segment, first);
    await sendInBatches(stack.segment, second);
    const repeats = await repeatsOf([...first, ...second]);
    reportFigure({ name: 'repeats after a start from old, torn, empty and foreign checkpoints', values: { repeats }, bound: 0 });
    expect(repeats).toBe(0);
  }, 240_000);

  function checkpointsIn(folder: string): string[] {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.checkpoint'))
      .sort();
  }

  /** A good checkpoint of a partition of quite another stack. */
  async function foreignCheckpoints(): Promise<string> {
    const stateDir = tempFolder('foreign');
    mkdirSync(stateDir, { recursive: true });
    const foreign = await startStack({ partitions: 1, forwarders: 0 });
    const forwarder = await foreign.startForwarder({ stateDir });
    const events = numberedEvents({ total: 200, users: 20, prefix: 'foreign' });
    await sendInBatches(foreign.segment, events);
    await expectKeptPromises(foreign, events);
    await forwarder.terminate();
    const [name] = checkpointsIn(stateDir);
    if (name === undefined) throw new Error('the other stack has left no checkpoint');
    return join(stateDir, name);
  }
});
