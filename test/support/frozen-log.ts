import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceTopics } from '#event-log';
import { readTopic, type TopicRecord } from './read-topic.ts';
import type { LedgerEntry } from './simulator-client.ts';
import { kafkaClient } from './test-kafka.ts';
import type { TestStack } from './test-stack.ts';

const FOLDER = new URL('../frozen/', import.meta.url).pathname;
const TOPICS = ['events', 'outcomes', 'deletions', 'replays'] as const satisfies readonly (keyof SourceTopics)[];

/** A call as far as it is the same whenever it is made. */
export type FrozenCall = Pick<LedgerEntry, 'method' | 'path' | 'query' | 'body'>;

/** What a release has left in its topics and on its disk, with work that it had not done, and what it then made of that. */
export interface FrozenLog {
  readonly release: string;
  readonly records: Readonly<Record<(typeof TOPICS)[number], readonly TopicRecord[]>>;
  /** What `STATE_DIR` held, by file, the prefix of the topics left out. */
  readonly checkpoints: Readonly<Record<string, Buffer>>;
  /** Where the group stood, by partition. */
  readonly committed: Readonly<Record<string, string>>;
  readonly calls: readonly FrozenCall[];
  /** Outcomes as they stood at the end, without what is another each time. */
  readonly ends: readonly FrozenEnd[];
}

export type FrozenEnd = Readonly<Record<string, unknown>>;

/** The releases whose logs are kept, oldest first. */
export function frozenReleases(): string[] {
  return readdirSync(FOLDER).sort();
}

export function readFrozenLog(release: string): FrozenLog {
  const folder = join(FOLDER, release);
  const linesOf = <Line>(name: string): Line[] =>
    readFileSync(join(folder, `${name}.jsonl`), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
  const files = readdirSync(folder).filter((name) => name.endsWith('.checkpoint'));
  return {
    release,
    records: Object.fromEntries(TOPICS.map((name) => [name, linesOf<TopicRecord>(name)])) as unknown as FrozenLog['records'],
    checkpoints: Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name))])),
    committed: JSON.parse(readFileSync(join(folder, 'committed.jsonl'), 'utf8')) as FrozenLog['committed'],
    calls: linesOf<FrozenCall>('calls'),
    ends: linesOf<FrozenEnd>('ends'),
  };
}

export function writeFrozenLog({ release, records, checkpoints, committed, calls, ends }: FrozenLog): void {
  const folder = join(FOLDER, release);
  mkdirSync(folder, { recursive: true });
  const write = (name: string, lines: readonly unknown[]): void =>
    writeFileSync(join(folder, `${name}.jsonl`), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  for (const name of TOPICS) write(name, records[name]);
  write('calls', calls);
  write('ends', ends);
  writeFileSync(join(folder, 'committed.jsonl'), `${JSON.stringify(committed)}\n`);
  for (const [name, bytes] of Object.entries(checkpoints)) writeFileSync(join(folder, name), bytes);
}

export async function readRecords({ topics }: Pick<TestStack, 'topics'>): Promise<FrozenLog['records']> {
  const read = await Promise.all(TOPICS.map(async (name) => [name, await readTopic(topics[name])] as const));
  return Object.fromEntries(read) as unknown as FrozenLog['records'];
}

/** Writes the records into the topics of a stack, each at the offset that it had. */
export async function fillTopics({ topics }: Pick<TestStack, 'topics'>, records: FrozenLog['records']): Promise<void> {
  const producer = kafkaClient().producer();
  await producer.connect();
  try {
    for (const name of TOPICS) {
      // In the order of their partitions and offsets: that is the one in which they were read.
      const messages = records[name].map(({ partition, key, value, headers }) => ({
        partition,
        key,
        value,
        headers: { ...headers },
      }));
      if (messages.length > 0) await producer.send({ topic: topics[name], messages });
    }
  } finally {
    await producer.disconnect();
  }
}

/** The calls of a ledger that are the same whenever they are made, sorted: users go side by side. */
export function frozenCalls(ledger: readonly LedgerEntry[]): FrozenCall[] {
  const calls = ledger.map(({ method, path, query, body }) => ({ method, path, query, body }));
  return calls.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

const OF_ITS_TIME = new Set(['at', 'latencyMs', 'extoleId', 'run']);

/** The last outcome of each record, without what differs from run to run. */
export function frozenEnds(records: readonly TopicRecord[]): FrozenEnd[] {
  const last = new Map<string, FrozenEnd>();
  for (const { partition, key, value } of records) {
    const fields = Object.entries(JSON.parse(value ?? '{}') as FrozenEnd);
    const end = Object.fromEntries(fields.filter(([name]) => !OF_ITS_TIME.has(name)));
    last.set(`${partition}/${key}`, end);
  }
  return [...last].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, end]) => end);
}
