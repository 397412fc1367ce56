import type { AuditRecord } from '#event-log';
import { AuditBook } from './audit-book.ts';

const at = '2026-11-24T12:00:00.000Z';
const probe = (run: number): AuditRecord => ({ action: 'probe', at, by: 'anna', via: 'console', run: `${run}` });

describe('what operators have done', () => {
  it.each([3, 1_000, 1_001, 5_500])(
    'is kept with the newest first, a thousand at most, and says whether that is all: of %d',
    (count) => {
      const book = new AuditBook();
      for (let run = 1; run <= count; run++) book.take(probe(run));
      const kept = Math.min(count, 1_000);
      expect(book.newest).toHaveLength(kept);
      expect([book.newest[0], book.newest.at(-1)]).toEqual([probe(count), probe(count - kept + 1)]);
      expect(book.isComplete).toBe(count <= 1_000);
    },
  );
});
