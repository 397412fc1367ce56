import { readFileSync } from 'node:fs';

/** The text of a file without its trailing line ends (editors and `echo` add them); undefined if it cannot be read. */
export function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/[\r\n]+$/, '');
  } catch {
    return undefined;
  }
}
