import { Option } from 'nest-commander';
import type { BridgeCommand } from '../bridge-command.ts';

/**
 * Makes a value of an option's text.
 *
 * @param misuse ends the process for a text that makes no sense
 * @param before what the same option has come to already, where it is given several times
 */
export type ReadOption = (text: string, misuse: (message: string) => never, before?: never) => unknown;

/** An option as `--help` shows it; without a reader its value is the text, or true where it takes none. */
export type OptionRow = readonly [flags: string, description: string, read?: ReadOption];

/**
 * The options of a command, as a table. `--help` shows them in this order, those of a base class behind them.
 *
 * nest-commander wants a method for each, so that a row becomes one.
 */
export function Options(...rows: readonly OptionRow[]): (command: { readonly prototype: BridgeCommand }) => void {
  return ({ prototype }) => {
    for (const [flags, description, read = asGiven] of rows) {
      const value = function (this: BridgeCommand, text: string, before?: never): unknown {
        return read(text, (message) => this.misuse(message), before);
      };
      Option({ flags, description })(prototype, flags, { value });
      Object.defineProperty(prototype, flags, { value });
    }
  };
}

const asGiven: ReadOption = (text) => text;
