import type { Fate, TimelineEntry } from '../../../src/api/index.ts';
import { answerOf, titleOf } from './answer.ts';

const entry: TimelineEntry = {
  source: 'shop',
  position: { partition: 2, offset: 30 },
  type: 'track',
  messageId: 'm1',
  subject: 'a'.repeat(32),
  event: 'Order Completed',
  mappedEvent: 'conversion',
  inLog: true,
  fate: { kind: 'delivered', summary: 'Extole took it. That says nothing about the programme: see there' },
};

function said(fate: Fate, change: Partial<TimelineEntry> = {}): string {
  return answerOf({ ...entry, fate, ...change }).sentence;
}

describe('the answer to what became of an event', () => {
  it('is one plain sentence', () => {
    expect(answerOf(entry)).toMatchObject({
      sentence: 'This conversion reached Extole.',
      note: 'That says nothing about the programme: see there.',
    });
    const repeated = { position: { partition: 2, offset: 7 }, messageId: 'm0', outcome: 'delivered', at: null } as const;
    expect(
      said({
        kind: 'duplicate',
        of: repeated,
        by: 'message',
        summary: 'not sent: it repeats the event at 2:7, which Extole has',
      }),
    ).toBe('This conversion was not sent: it repeats the event at 2:7, which Extole has.');
    expect(said({ kind: 'dead-lettered', code: 'timeout', summary: 'given up after 9 attempts timeout: redrive it' })).toBe(
      'This conversion was given up after 9 attempts timeout: redrive it.',
    );
    expect(said({ kind: 'stale', summary: 'not sent again by the replay: a newer profile of the user was delivered' })).toBe(
      'This conversion was not sent again by the replay: a newer profile of the user was delivered.',
    );
    expect(said({ kind: 'backlog', ahead: 4, summary: 'in the backlog: 4 records of its partition before it' })).toBe(
      'This conversion waits in the backlog: 4 records of its partition before it.',
    );
    expect(said({ kind: 'held', ahead: 4, reason: 'operator', summary: 'it waits in the log: an operator has stopped it' })).toBe(
      'This conversion waits in the log: an operator has stopped it.',
    );
  });

  it('calls the event what its reader calls it', () => {
    const filtered: Fate = {
      kind: 'filtered',
      reason: 'dropped_by_mapping',
      rule: null,
      summary: 'not sent: the mapping drops it',
    };
    const { mappedEvent, ...unmapped } = entry;
    expect(mappedEvent).toBe('conversion');
    expect(answerOf({ ...unmapped, fate: filtered }).sentence).toBe(
      'This event “Order Completed” was not sent: the mapping drops it.',
    );
    expect(said(filtered, { type: 'identify' })).toBe('This profile update was not sent: the mapping drops it.');
    expect(said({ kind: 'erasure-open', summary: 'the user is deleted for us' }, { type: 'delete' })).toBe(
      'This deletion is under way: the user is deleted for us.',
    );
    expect([titleOf(entry), titleOf({ ...entry, type: 'delete' })]).toEqual(['Order Completed', 'Deletion']);
  });
});
