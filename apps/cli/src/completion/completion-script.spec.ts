import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { CommandNode } from './command-tree.ts';
import { completionScript, SHELLS } from './completion-script.ts';

const option = (name: string, takesValue = false) => ({ name, description: `about ${name}, the user's`, takesValue });
const TREE: readonly CommandNode[] = [
  { path: '', description: '', options: [], subcommands: ['deletions', 'dead-letters', 'replay'] },
  {
    path: 'deletions',
    description: 'where they stand',
    options: [option('--open'), option('--older-than', true)],
    subcommands: [],
  },
  { path: 'dead-letters', description: 'what was given up', options: [], subcommands: ['list'] },
  { path: 'dead-letters list', description: 'by code', options: [option('--json')], subcommands: [] },
  { path: 'replay', description: 'again', options: [option('--user', true), option('--from-time', true)], subcommands: ['list'] },
  { path: 'replay list', description: 'all', options: [option('--json')], subcommands: [] },
];

/** What bash offers at the end of a command line. */
async function offeredBy(line: string): Promise<string[]> {
  const words = line.split(' ');
  const asked = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _bridge; echo "\${COMPREPLY[*]}"`;
  const { stdout } = await promisify(execFile)('bash', ['-c', `${completionScript('bash', TREE)}\n${asked}`]);
  return stdout.trim().split(' ').sort();
}

test.each([
  ['bridge d', ['dead-letters', 'deletions']],
  ['bridge dead-letters ', ['--help', 'list']],
  ['bridge dead-letters list --j', ['--json']],
  ['bridge deletions --open --o', ['--older-than', '--open']],
  // The value of an option is no command, though it be called like one.
  ['bridge replay --user list --f', ['--from-time']],
])('after "%s" bash offers %j', async (line, offered) => {
  expect(await offeredBy(line)).toEqual(offered);
});

test.each(SHELLS)('%s knows every command and option', (shell) => {
  const script = completionScript(shell, TREE);
  for (const { path, options } of TREE) {
    expect(script).toContain(`'${path}'`);
    for (const { name } of options) expect(script).toContain(shell === 'fish' ? `-l ${name.slice(2)}` : name);
  }
});
