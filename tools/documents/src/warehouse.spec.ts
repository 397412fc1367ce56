import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUTCOMES, type Outcome } from '#delivery';
import { deletionIdOf, toOffset, type HashedSubject } from '#segment';
import { encodeDeletionNotice, encodeOutcome } from '#event-log';

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'warehouse.md'), 'utf8');
const hasSqlite = spawnSync('python3', ['-c', 'import sqlite3']).status === 0;

/** The SQL below each heading of the page. */
const queries = new Map(
  PAGE.split(/^### /m)
    .slice(1)
    .flatMap((section) => {
      const [heading = ''] = section.split('\n', 1);
      const sql = /```sql\n([\s\S]*?)```/.exec(section)?.[1];
      return sql === undefined ? [] : [[heading, sql] as const];
    }),
);

/** Runs the statements on a database in memory, and prints what the last one gives. */
const PYTHON = `
import json, sqlite3, sys
task = json.load(sys.stdin)
db = sqlite3.connect(':memory:')
for table, rows in task['tables'].items():
    db.execute(f'CREATE TABLE {table} (source TEXT, record_partition INT, record_offset INT, content TEXT)')
    db.executemany(f'INSERT INTO {table} VALUES (?, ?, ?, ?)', rows)
db.executescript(task['views'])
answers = {}
for name, sql in task['queries'].items():
    cursor = db.execute(sql)
    names = [column[0] for column in cursor.description]
    answers[name] = [dict(zip(names, row)) for row in cursor.fetchall()]
print(json.dumps(answers))
`;

const SUBJECT = '0123456789abcdef0123456789abcdef' as HashedSubject;
let recordOffset = 0;

function outcome(offset: number, change: Partial<Outcome>): unknown[] {
  const whole: Outcome = {
    schema: 1,
    outcome: 'delivered',
    type: 'track',
    event: 'conversion',
    subject: SUBJECT,
    messageId: `message-${offset}`,
    dedupKey: SUBJECT,
    position: { partition: 0, offset: toOffset(offset) },
    attempts: 1,
    mappingVersion: 'm1',
    latencyMs: offset,
    at: '2026-01-01T10:00:00.000Z',
    ...change,
  };
  return ['shop', 0, recordOffset++, encodeOutcome(whole).value?.toString()];
}

function deletion(offset: number, requestedAt: string): unknown[] {
  const position = { partition: 0, offset: toOffset(offset) };
  const deletionId = deletionIdOf({ source: 'shop', position });
  return [
    'shop',
    0,
    recordOffset++,
    encodeDeletionNotice({ subject: SUBJECT, deletionId, ...position, requestedAt }).value?.toString(),
  ];
}

/** A hundred delivered events, a redriven and a lasting dead letter, a duplicate, a filtered one, and three deletions of which one is done. */
const SAMPLE = {
  outcome_records: [
    ...Array.from({ length: 100 }, (_, index) => outcome(index + 1, {})),
    outcome(100, {}),
    outcome(200, { messageId: 'order-1001', outcome: 'dead-lettered', status: 400, code: 'validation_error', attempts: 1 }),
    outcome(201, { messageId: 'order-1001', outcome: 'duplicate', detail: 'of offset 200', attempts: 0 }),
    outcome(202, { outcome: 'dead-lettered', status: 400, code: 'validation_error', event: 'registration' }),
    outcome(203, { outcome: 'filtered', detail: 'switched_off', at: '2026-01-02T10:00:00.000Z', mappingVersion: 'm2' }),
    outcome(204, { outcome: 'delivered', type: 'delete', latencyMs: 2_500 }),
    // The redrive of 200, a day later: the last word on it.
    outcome(200, {
      messageId: 'order-1001',
      extoleId: '7',
      run: 'r1',
      latencyMs: 86_400_000,
      at: '2026-01-02T11:00:00.000Z',
      mappingVersion: 'm2',
    }),
  ],
  deletion_records: [
    deletion(204, '2026-01-01T09:00:00.000Z'),
    deletion(205, '2026-01-02T00:00:00.000Z'),
    deletion(205, '2026-01-02T00:00:00.000Z'),
    deletion(206, '2026-01-02T06:00:00.000Z'),
  ],
};

(hasSqlite ? describe : describe.skip)('the queries of docs/warehouse.md', () => {
  let answers: Record<string, Record<string, unknown>[]>;

  beforeAll(() => {
    const { Views: views, ...rest } = Object.fromEntries(queries);
    const task = JSON.stringify({ tables: SAMPLE, views, queries: rest });
    answers = JSON.parse(execFileSync('python3', ['-c', PYTHON], { input: task, encoding: 'utf8' })) as typeof answers;
  });

  it('are all checked here', () => {
    expect([...queries.keys()].length).toBe(10);
  });

  it('tell what happened to a conversion, by its last outcome', () => {
    expect(answers['What happened to this conversion?']).toMatchObject([
      { off: 200, outcome: 'delivered', code: null },
      { off: 201, outcome: 'duplicate', detail: 'of offset 200' },
    ]);
  });

  it('count what was delivered, once however often it was said', () => {
    expect(answers['How much was delivered, per day?']).toEqual([
      { day: '2026-01-01', source: 'shop', event: 'conversion', delivered: 100 },
      { day: '2026-01-02', source: 'shop', event: 'conversion', delivered: 1 },
    ]);
  });

  it('know every way in which an event can end', () => {
    const ends = answers['How did events end?'] ?? [];
    expect(ends.map(({ outcome: name, events, percent }) => [name, events, percent])).toEqual([
      ['delivered', 101, 97.1],
      ['dead-lettered', 1, 1],
      ['duplicate', 1, 1],
      ['filtered', 1, 1],
    ]);
    for (const { outcome: name } of ends) expect(OUTCOMES).toContain(name);
  });

  it('leave out dead letters that were redriven', () => {
    expect(answers['Which dead letters are there, and why?']).toMatchObject([
      { code: 'validation_error', event: 'registration', events: 1 },
    ]);
  });

  it('show deletions that are open with their age, and how long those took that are not', () => {
    expect(answers['Which deletions are open, and how old are they?']).toMatchObject([{ hours_open: 12 }, { hours_open: 6 }]);
    expect(answers['How long did deletions take?']).toEqual([{ source: 'shop', deletions: 1, slowest_seconds: 2.5 }]);
  });

  it('count duplicates', () => {
    expect(answers['How many duplicates does a sender produce?']).toMatchObject([{ event: 'conversion', duplicates: 1 }]);
  });

  it('give the 99th percentile of live deliveries', () => {
    expect(answers['What is the 99th percentile of the time to delivery?']).toEqual([
      { day: '2026-01-01', source: 'shop', p99_ms: 99 },
    ]);
  });

  it('compare versions of the mapping', () => {
    const rows = answers['What did a change of the mapping do?'] ?? [];
    expect(new Set(rows.map(({ mapping_version: version }) => version))).toEqual(new Set(['m1', 'm2']));
  });
});
