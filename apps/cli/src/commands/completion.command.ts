import { Inject } from '@nestjs/common';
import { Command, InjectCommander } from 'nest-commander';
import { BridgeCommand } from '../bridge-command.ts';
import { commandTree } from '../completion/command-tree.ts';
import { completionScript, SHELLS } from '../completion/completion-script.ts';
import { Examples } from '../declaration/examples.ts';
import { Options } from '../declaration/options.ts';
import { TERMINAL, type Terminal } from '../terminal.ts';

/** nest-commander's own completion knows no fish, goes by `$SHELL`, and starts the program at every press of the tab key. */
@Command({
  name: 'completion',
  arguments: '<shell>',
  argsDescription: { shell: SHELLS.join(', ') },
  description: 'A script by which your shell completes commands and options',
})
@Options(['--json', 'print {"shell", "commands": [{"path", "description", "options", "subcommands"}]} instead'])
@Examples(
  [
    'source <(bridge completion bash)                                      # in ~/.bashrc',
    'source <(bridge completion zsh)                                       # in ~/.zshrc, after compinit',
    'bridge completion fish > ~/.config/fish/completions/bridge.fish',
  ],
  ['Make it again after an upgrade: it holds the commands of this version.'],
)
export class CompletionCommand extends BridgeCommand {
  constructor(
    @Inject(TERMINAL) terminal: Terminal,
    @InjectCommander() private readonly program: Parameters<BridgeCommand['setCommand']>[0],
  ) {
    super(terminal);
  }

  async run([shell]: string[], { json = false }: { readonly json?: boolean } = {}): Promise<void> {
    const chosen =
      SHELLS.find((known) => known === shell) ?? this.misuse(`'${shell}' is no shell: choose one of ${SHELLS.join(', ')}`);
    const commands = commandTree(this.program);
    this.terminal.print(json ? JSON.stringify({ shell: chosen, commands }) : completionScript(chosen, commands));
  }
}
