import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atTestEnd } from './test-end.ts';

/** A new folder, which goes with the test (or file) that asks for it. */
export function tempFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `bridge-${name}-`));
  atTestEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
