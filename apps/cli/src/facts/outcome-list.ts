import type { Outcome } from '#delivery';
import { table } from '../table.ts';

/** The last outcome of each position, in the order of the log, out of all that the topic tells. */
export class LatestOutcomes {
  private readonly latest = new Map<string, Outcome>();

  add(outcome: Outcome): void {
    const { partition, offset } = outcome.position;
    this.latest.set(`${partition}:${offset}`, outcome);
  }

  get outcomes(): Outcome[] {
    return [...this.latest.values()].sort(
      (a, b) => a.position.partition - b.position.partition || a.position.offset - b.position.offset,
    );
  }
}

/** Outcomes for a human to read. */
export function renderOutcomes(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ position, type, event, messageId, outcome, attempts, status, code, detail, at, run }) => [
    `${position.partition}:${position.offset}`,
    type,
    event ?? '-',
    messageId,
    outcome,
    [status, code, detail].filter((part) => part !== undefined).join(' ') || '-',
    String(attempts),
    at,
    run ?? '-',
  ]);
  return table([['POSITION', 'TYPE', 'EVENT', 'MESSAGE', 'OUTCOME', 'ANSWER', 'CALLS', 'AT', 'REPLAY'], ...rows]);
}
