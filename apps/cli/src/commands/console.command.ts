import { randomBytes } from 'node:crypto';
import { SubCommand, Command } from 'nest-commander';
import { consoleUserLine, newUserToken, parseRoles, type ConsoleRole } from '#config';
import { OPERATOR_NAME_EXPECTED, parseOperatorName } from '#segment';
import { BridgeCommand, CommandGroup } from '../bridge-command.ts';
import { Examples } from '../declaration/examples.ts';
import { Options, type ReadOption } from '../declaration/options.ts';

interface UserOptions {
  readonly roles?: readonly ConsoleRole[];
  readonly proxy?: boolean;
  readonly json?: boolean;
}

const readRoles: ReadOption = (text, misuse) =>
  parseRoles(text) ?? misuse(`'${text}' are no roles: give one or several of look, operate, unmask, with commas between`);

@SubCommand({
  name: 'user',
  arguments: '<name>',
  description: 'Make the line of an operator for CONSOLE_USERS_FILE, and the token to sign in with',
})
@Options(
  [
    '--roles <list>',
    'operate: stop sources, start replays; unmask: see personal data; look: the rest (default: look)',
    readRoles,
  ],
  ['--proxy', 'no token: the proxy of CONSOLE_TRUSTED_USER_HEADER signs them in'],
  ['--json', 'print {"line", "token"}'],
)
@Examples(
  [
    'bridge console user anna --roles operate,unmask >> console-users',
    'bridge console user ben@shop.example --roles operate --proxy >> console-users',
  ],
  [
    'The line goes to the output, for the file; the token to the terminal, this once: the file holds its digest alone. Restart the console afterwards,',
    'which ends every session.',
  ],
)
export class ConsoleUserCommand extends BridgeCommand {
  async run([name = '']: string[], { roles = ['look'], proxy = false, json = false }: UserOptions = {}): Promise<void> {
    const operator =
      parseOperatorName(name) ?? this.misuse(`'${name}' is no name of an operator: expected ${OPERATOR_NAME_EXPECTED}`);
    const token = proxy ? undefined : newUserToken(randomBytes);
    const line = consoleUserLine(operator, roles, token);
    if (json) return this.terminal.print(JSON.stringify({ line, ...(token !== undefined && { token }) }));
    this.terminal.print(line);
    if (token !== undefined) this.terminal.note(`the token of ${operator}, to hand over and to forget: ${token}`);
  }
}

@Command({ name: 'console', description: 'Who may do what in the console', subCommands: [ConsoleUserCommand] })
@Examples(['bridge console user anna --roles operate,unmask >> console-users'])
export class ConsoleCommand extends CommandGroup {}
