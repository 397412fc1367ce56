import type { CommandNode } from './command-tree.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * A script by which a shell completes commands and options. It holds the whole tree, so that a press of the tab key starts no process; it is to be
 * made again after an upgrade.
 */
export function completionScript(shell: Shell, tree: readonly CommandNode[]): string {
  switch (shell) {
    case 'bash':
      return bashScript(tree);
    case 'zsh':
      return zshScript(tree);
    case 'fish':
      return fishScript(tree);
  }
}

function bashScript(tree: readonly CommandNode[]): string {
  return `# Completion of bridge for bash. In ~/.bashrc: source <(bridge completion bash)
_bridge() {
  local path='' words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in ${valued(tree)}) ((i++)); continue ;; esac
    case "$path \${COMP_WORDS[i]}" in
${pathCases(tree, '      ')}
    esac
  done
  case "$path" in
${tree.map((node) => `    ${quoted(node.path)}) words=${quoted(wordsOf(node).join(' '))} ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _bridge bridge`;
}

function zshScript(tree: readonly CommandNode[]): string {
  return `#compdef bridge
# Completion of bridge for zsh. In ~/.zshrc, after compinit: source <(bridge completion zsh)
_bridge() {
  local shown='' i
  local -a choices
  for ((i = 2; i < CURRENT; i++)); do
    case "\${words[i]}" in ${valued(tree)}) ((i++)); continue ;; esac
    case "$shown \${words[i]}" in
${pathCases(tree, '      ', 'shown')}
    esac
  done
  case "$shown" in
${tree.map((node) => `    ${quoted(node.path)}) choices=(${describedWords(node, tree).join(' ')}) ;;`).join('\n')}
  esac
  _describe 'bridge' choices || _files
}
compdef _bridge bridge`;
}

function fishScript(tree: readonly CommandNode[]): string {
  return [
    '# Completion of bridge for fish: bridge completion fish > ~/.config/fish/completions/bridge.fish',
    'function __bridge_at',
    "  set -l path ''",
    '  set -l is_value no',
    '  set -l tokens (commandline -opc)',
    '  for word in $tokens[2..-1]',
    '    if test $is_value = yes',
    '      set is_value no',
    '      continue',
    '    end',
    `    contains -- $word ${valuedNames(tree).join(' ')}; and set is_value yes`,
    '    switch "$path $word"',
    ...tree.filter(isNamed).map(({ path }) => `      case ${quoted(entering(path))}\n        set path ${quoted(path)}`),
    '    end',
    '  end',
    '  test "$path" = "$argv"',
    'end',
    ...tree.flatMap((node) => fishLines(node, tree)),
  ].join('\n');
}

function fishLines(node: CommandNode, tree: readonly CommandNode[]): string[] {
  const here = `complete -c bridge -n "__bridge_at ${quoted(node.path)}"`;
  return [
    ...node.subcommands.map((name) => `${here} -f -a ${name} -d ${quoted(descriptionOf(node, name, tree))}`),
    ...node.options.map(
      ({ name, description, takesValue }) => `${here} -l ${name.slice(2)}${takesValue ? ' -r' : ''} -d ${quoted(description)}`,
    ),
  ];
}

/** Cases that follow the words of a command line down the tree. */
function pathCases(tree: readonly CommandNode[], indent: string, variable = 'path'): string {
  return tree
    .filter(isNamed)
    .map(({ path }) => `${indent}${quoted(entering(path))}) ${variable}=${quoted(path)} ;;`)
    .join('\n');
}

/** Options whose next word is their value, and no command, as a pattern. */
function valued(tree: readonly CommandNode[]): string {
  return valuedNames(tree).join(' | ');
}

function valuedNames(tree: readonly CommandNode[]): string[] {
  return [...new Set(tree.flatMap(({ options }) => options.filter(({ takesValue }) => takesValue).map(({ name }) => name)))];
}

/** The path so far, a blank, and the word that leads to `path`. */
function entering(path: string): string {
  return path.includes(' ') ? path : ` ${path}`;
}

function wordsOf({ subcommands, options }: CommandNode): string[] {
  return [...subcommands, ...options.map(({ name }) => name), '--help'];
}

function describedWords(node: CommandNode, tree: readonly CommandNode[]): string[] {
  const described = [
    ...node.subcommands.map((name) => [name, descriptionOf(node, name, tree)] as const),
    ...node.options.map(({ name, description }) => [name, description] as const),
    ['--help', 'show help'] as const,
  ];
  return described.map(([word, description]) => quoted(`${word}:${description}`));
}

function descriptionOf(parent: CommandNode, name: string, tree: readonly CommandNode[]): string {
  return tree.find(({ path }) => path === `${parent.path} ${name}`.trim())?.description ?? '';
}

function isNamed({ path }: CommandNode): boolean {
  return path !== '';
}

/** In single quotes, as all three shells read it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}
