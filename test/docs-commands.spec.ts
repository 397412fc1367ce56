import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { shellBlocks, type ShellBlock } from './docs-blocks.ts';
import { ROOT } from './docs-pages.ts';

/** Every block that is not run. A new one is a decision: run it, or put it here. */
const NOT_RUN = [
  'CONTRIBUTING.md exists: takes minutes',
  'CONTRIBUTING.md exists: the first line fails until the change is made',
  'CONTRIBUTING.md exists: compiles the core and runs schedules',
  'README.md exists: npm-start.e2e.ts runs the one, and CI the other',
  'bench/README.md exists: takes minutes',
  'deploy/helm/README.md no-test: needs a Kubernetes cluster',
  'deploy/helm/README.md no-test: needs a Kubernetes cluster',
  'deploy/helm/README.md no-test: needs a Kubernetes cluster',
  'docs/configuration.md no-test: needs a container engine',
  'docs/connecting-extole.md no-test: needs a real Extole account',
  'docs/getting-started.md exists: npm-start.e2e.ts runs it',
  'docs/testing.md exists: takes minutes',
  'tools/local-kafka/README.md exists: local-kafka.e2e.ts runs it',
];

const blocks = shellBlocks();
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** The sources below some folders, as one text to look for a word in. */
function sourcesOf(...folders: string[]): string {
  return folders
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(ROOT, folder, name)),
    )
    .filter((path) => /\.(mjs|ts)$/.test(path) && !path.includes('node_modules'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
}

const allTools = sourcesOf('test', 'tools', 'bench');

/** What a line of an `exists` block names that is not there. */
function missingOf(line: string): string[] {
  const words =
    line
      .replace(/\s#.*$|^#.*$/, '')
      .trim()
      .match(/'[^']*'|\S+/g) ?? [];
  const variables = words.filter((word) => /^[A-Z_]+=/.test(word)).map((word) => word.split('=')[0] ?? '');
  const [command, ...rest] = words.slice(variables.length);
  const missing = variables.filter((name) => !allTools.includes(name)).map((name) => `the variable ${name}`);
  switch (command) {
    case undefined:
      return missing;
    case 'npm':
      return [...missing, ...missingOfNpm(rest)];
    case 'node':
      return [...missing, ...missingOfNode(rest)];
    default:
      return [...missing, `a way to check ${command}: say no-test`];
  }
}

function missingOfNpm([verb = '', ...rest]: string[]): string[] {
  const name = verb === 'run' ? (rest.find((word) => !word.startsWith('-')) ?? '') : verb;
  const script = scripts[name];
  if (script === undefined) return [`the script ${name}`];
  const args = rest.includes('--') ? rest.slice(rest.indexOf('--') + 1) : [];
  const tool = /node (\S+)/.exec(script)?.[1];
  return missingOfArguments(args, tool === undefined || script.includes('jest') ? undefined : sourcesOf(dirname(tool)));
}

function missingOfNode([file = '', ...args]: string[]): string[] {
  return existsSync(join(ROOT, file)) ? missingOfArguments(args, sourcesOf(dirname(file))) : [`the file ${file}`];
}

/** @param tool its sources, where flags are looked for; undefined for a program that is not ours */
function missingOfArguments(args: readonly string[], tool: string | undefined): string[] {
  return args.flatMap((argument) => {
    const flag = /^--([a-z-]+)/.exec(argument)?.[1];
    if (flag !== undefined) return tool === undefined || new RegExp(`\\b${flag}\\b`).test(tool) ? [] : [`the flag ${argument}`];
    const isPath = argument.includes('/') && !argument.startsWith('.data') && !argument.startsWith("'");
    return isPath && !existsSync(join(ROOT, argument)) ? [`the file ${argument}`] : [];
  });
}

describe('shell blocks of the documents that are not run', () => {
  it('are these, and no others', () => {
    const marks = blocks.filter(({ kind }) => kind !== 'run').map(({ page, kind, why }) => `${page} ${kind}: ${why}`);
    expect(marks).toEqual(NOT_RUN);
  });

  const unrun = blocks
    .filter(({ kind }) => kind === 'exists')
    .map((block): [string, ShellBlock] => [`${block.page}:${block.line}`, block]);
  it.each(unrun)('%s names only what is there', (_, { text }) => {
    const lines = text.replaceAll('\\\n', ' ').split('\n');
    expect(lines.flatMap(missingOf)).toEqual([]);
  });
});
