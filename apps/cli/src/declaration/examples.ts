import { Help } from 'nest-commander';
import type { BridgeCommand } from '../bridge-command.ts';

/** What `--help` says of a command after its options: remarks, if any, then examples; a line each. */
export function Examples(
  examples: readonly string[],
  remarks: readonly string[] = [],
): (command: { readonly prototype: BridgeCommand }) => void {
  const lines = [...(remarks.length > 0 ? ['', ...remarks] : []), '', 'Examples:', ...examples.map((example) => `  ${example}`)];
  return ({ prototype }) => {
    const value = (): string => lines.join('\n');
    Help('after')(prototype, 'examples', { value });
    Object.defineProperty(prototype, 'examples', { value });
  };
}
