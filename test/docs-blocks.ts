import { allPages, type Fence } from './docs-pages.ts';

/**
 * A shell block of a page, by what its info string says:
 *
 * - `sh`: it is run.
 * - `sh exists: why`: too long or too heavy to run; that its scripts, files, flags and variables exist is checked.
 * - `sh no-test: why`: needs what no test has.
 */
export interface ShellBlock {
  readonly page: string;
  readonly kind: 'run' | 'exists' | 'no-test';
  readonly why: string;
  readonly text: string;
  readonly line: number;
}

export function shellBlocks(): ShellBlock[] {
  return allPages().flatMap(({ path, fences }) => fences.filter(isShell).map((fence) => shellBlockOf(path, fence)));
}

/** Other names for a shell would be a way around the test. */
function isShell({ info }: Fence): boolean {
  return /^(sh|bash|zsh|shell|console|terminal)\b/.test(info);
}

function shellBlockOf(page: string, { info, text, line }: Fence): ShellBlock {
  if (info === 'sh') return { page, kind: 'run', why: '', text, line };
  const mark = /^sh (?<kind>exists|no-test): (?<why>\S.*)$/.exec(info)?.groups;
  if (mark === undefined) throw new Error(`${page}:${line}: a block is sh, sh exists: why, or sh no-test: why`);
  return { page, kind: mark['kind'] === 'exists' ? 'exists' : 'no-test', why: mark['why'] ?? '', text, line };
}
