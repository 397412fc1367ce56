import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { announced } from './announced.ts';

const CACHE = new URL('../../.cache/', import.meta.url).pathname;

export interface CachedFolderOptions {
  /** Its name below `.cache`. */
  readonly name: string;
  /** What it is made from: another text, and it is made again. */
  readonly madeFrom: string;
  readonly make: (folder: string) => Promise<void>;
}

/** The path of a folder that is made once and found again by every later run. */
export async function cachedFolder({ name, madeFrom, make }: CachedFolderOptions): Promise<string> {
  const folder = join(CACHE, name);
  // Written last, so that a folder whose making was interrupted is not taken for a whole one.
  const stamp = join(folder, '.made-from');
  const hash = createHash('sha256').update(madeFrom).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return folder;

  await announced(`making .cache/${name}`, async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await make(folder);
    writeFileSync(stamp, hash);
  });
  return folder;
}
