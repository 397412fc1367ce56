import { deliveryFaults } from '../../support/extole-calls.ts';
import type { NumberedEvent } from '../../support/numbered-events.ts';
import { outcomeFaults, readBothTopics } from '../../support/outcome-facts.ts';
import type { TopicRecord } from '../../support/read-topic.ts';
import { untilSettled } from '../../support/settled.ts';
import type { LedgerEntry } from '../../support/simulator-client.ts';
import type { TestStack } from '../../support/test-stack.ts';
import { reportFigure } from './figures.ts';

const SETTLE_TIMEOUT_MS = 240_000;

/** What the ledger and the topics say when everything has been delivered. */
export interface Judgement {
  readonly ledger: readonly LedgerEntry[];
  readonly events: readonly TopicRecord[];
  readonly outcomes: readonly TopicRecord[];
}

/**
 * Waits until all is delivered, and demands what must hold after any disaster: each acknowledged event is in the log and has taken effect,
 * each user's in order and one at a time, and each record of the log has one outcome (P1, P2, P3).
 */
export async function expectKeptPromises(stack: TestStack, taken: readonly NumberedEvent[]): Promise<Judgement> {
  await untilSettled(stack, SETTLE_TIMEOUT_MS);
  const topics = await readBothTopics(stack);
  const ledger = await stack.extole.ledger();
  const inLog = new Set(topics.events.map(({ headers }) => headers['messageId']));
  const lost = taken.filter(({ messageId }) => !inLog.has(messageId)).length;
  const faults = deliveryFaults(taken, ledger);
  const unsettled = outcomeFaults(topics, { restated: true });

  expect(taken.length).toBeGreaterThan(0);
  reportFigure({
    name: 'acknowledged events, and what of them was lost or faulty (never arrived, out of order, overlapping, without its one outcome)',
    values: { acknowledged: taken.length, lost, misdelivered: faults.length, unsettled: unsettled.length },
  });
  expect(lost).toBe(0);
  expect(faults).toEqual([]);
  expect(unsettled).toEqual([]);
  return { ledger, ...topics };
}
