import { readFileSync } from 'node:fs';

/** The last lines of a log file; an empty text when there is none. */
export function logTail(path, lines = 30) {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}
