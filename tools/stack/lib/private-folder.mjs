import { chmodSync, mkdirSync } from 'node:fs';

/**
 * Makes `folder`, or closes one that is there: it holds what a program of ours keeps, people's data among it, so its owner alone reads
 * it. What this process and its children make from now on is for the owner alone as well; a child of Node has no umask of its own.
 */
export function privateFolder(folder) {
  process.umask(0o077);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
}
