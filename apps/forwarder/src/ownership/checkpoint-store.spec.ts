import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '#observability';
import { CheckpointStore } from './checkpoint-store.ts';

const PLACE = { topic: 'segment.events.default', partition: 3 };
const FILE = 'segment.events.default-3.checkpoint';

describe('CheckpointStore', () => {
  let directory: string;
  let lines: string[];
  let store: CheckpointStore;

  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'checkpoints-')), 'state');
    lines = [];
    const log = createLogger({ app: 'test', level: 'debug', destination: { write: (line) => void lines.push(line) } });
    store = new CheckpointStore(directory, log);
  });

  afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }));

  function warnings(): unknown[] {
    return lines
      .map((line) => JSON.parse(line) as { event: string; operation: string })
      .map(({ event, operation }) => [event, operation]);
  }

  it('reads back what it wrote, and makes its directory', async () => {
    expect(await store.write(PLACE, Buffer.from('state'))).toBe(true);
    expect(await store.read(PLACE)).toEqual(Buffer.from('state'));
    expect(await readdir(directory)).toEqual([FILE]);
  });

  it('keeps one checkpoint per partition, the last one', async () => {
    await store.write(PLACE, Buffer.from('old'));
    await store.write(PLACE, Buffer.from('new'));
    await store.write({ ...PLACE, partition: 4 }, Buffer.from('other'));
    expect(await store.read(PLACE)).toEqual(Buffer.from('new'));
  });

  it('has none before the first, which is nothing to complain of', async () => {
    expect(await store.read(PLACE)).toBeUndefined();
    expect(lines).toEqual([]);
  });

  it('keeps the old checkpoint when a crash has left half of a new one aside', async () => {
    await store.write(PLACE, Buffer.from('whole'));
    await writeFile(join(directory, `${FILE}.new`), 'ha');
    expect(await store.read(PLACE)).toEqual(Buffer.from('whole'));
    expect(await store.write(PLACE, Buffer.from('newer'))).toBe(true);
    expect(await store.read(PLACE)).toEqual(Buffer.from('newer'));
  });

  // The kernel's own full disk.
  (existsSync('/dev/full') ? it : it.skip)('keeps the old checkpoint and says so when the disk is full', async () => {
    await store.write(PLACE, Buffer.from('whole'));
    await symlink('/dev/full', join(directory, `${FILE}.new`));
    expect(await store.write(PLACE, Buffer.from('newer'))).toBe(false);
    expect(await store.read(PLACE)).toEqual(Buffer.from('whole'));
    expect(warnings()).toEqual([['checkpoint_failed', 'write']]);
    expect(lines[0]).toContain('ENOSPC');
  });

  it('says so, and goes on, when the directory cannot be made', async () => {
    await writeFile(directory, 'a file where the directory should be');
    expect(await store.write(PLACE, Buffer.from('state'))).toBe(false);
    expect(await store.read(PLACE)).toBeUndefined();
    expect(warnings()).toEqual([
      ['checkpoint_failed', 'write'],
      ['checkpoint_failed', 'read'],
    ]);
  });

  it('says so, and goes on without, when the checkpoint cannot be read', async () => {
    await mkdir(join(directory, FILE), { recursive: true });
    expect(await store.read(PLACE)).toBeUndefined();
    expect(warnings()).toEqual([['checkpoint_failed', 'read']]);
  });
});
