import type { Actor } from '#operations';
import { parsePosition, parseTime, parseWholeNumber } from '#operations';
import { OPERATOR_NAME_EXPECTED, parseOperatorName, type Position } from '#segment';
import type { Terminal } from '../terminal.ts';
import type { OptionRow, ReadOption } from './options.ts';

/** The option of commands that are about one source. */
export const SOURCE: OptionRow = ['--source <id>', 'the source; needed if there are several'];

const readOperator: ReadOption = (text, misuse) =>
  parseOperatorName(text) ?? misuse(`'${text}' is no name of an operator: expected ${OPERATOR_NAME_EXPECTED}`);

/** The option of commands that change something: who does it is kept in the log. */
export const AS: OptionRow = ['--as <name>', "who you are, for the record (default: this machine's user)", readOperator];

/** Who does what the command is about to do. Nobody checks it: whoever may write to the log may call themselves anything. */
export function actorOf({ user }: Pick<Terminal, 'user'>, { as = user }: { readonly as?: string }): Actor {
  return { by: as, via: 'cli' };
}

/** Epoch milliseconds. */
export const readTime: ReadOption = (text, misuse) =>
  parseTime(text, Date.now()) ?? misuse(`'${text}' is no time: give ISO 8601, as 2026-11-24T18:00:00Z, or so long ago, as 90m`);

/** Records a second. */
export const readRate: ReadOption = (text, misuse) => {
  const rate = Number(text);
  return rate > 0 && Number.isFinite(rate) ? rate : misuse(`'${text}' is no rate: give a number above 0`);
};

/** Collects partitions. */
export const readPartitions: ReadOption = (text, misuse, others: readonly number[] = []) => [
  ...others,
  parseWholeNumber(text) ?? misuse(`'${text}' is no partition: give its number`),
];

/** Collects positions, one a partition. */
export const readPositions: ReadOption = (text, misuse, others: readonly Position[] = []) => {
  const position = parsePosition(text) ?? misuse(`'${text}' is no position: give partition:offset, as 3:1200`);
  if (others.some(({ partition }) => partition === position.partition)) misuse(`partition ${position.partition} is named twice`);
  return [...others, position];
};
