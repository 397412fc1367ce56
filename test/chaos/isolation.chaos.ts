import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import type { NumberedEvent } from '../support/numbered-events.ts';
import { SegmentClient } from '../support/segment-client.ts';
import type { Behaviour, LedgerEntry } from '../support/simulator-client.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { startStack, type TestStack } from '../support/test-stack.ts';
import { waitFor } from '../support/wait-for.ts';
import { reportFigure } from './support/figures.ts';
import { scaled } from './support/scale.ts';
import { largest, median, quantile } from './support/statistics.ts';
import { SteadyLoad } from './support/steady-load.ts';

const ROUNDS = scaled(6, 2);
const WINDOW_MS = scaled(10_000, 6_000);
/** After a change, until its effect is all that is seen. */
const SETTLING_MS = 3_000;
/** A stopped account is probed at intervals that grow to a minute. */
const CATCH_UP_TIMEOUT_MS = 120_000;
const BOUND_PERCENT = 10;
/** What a call takes at Extole: it is the larger part of an event's way. */
const CALL = { latencyMs: 150, jitterMs: 0 };

type Fault = Behaviour['faults'][number];

interface SourceKeys {
  readonly id: string;
  readonly token: string;
  readonly writeKey: string;
}

describe('P6: trouble stays where it belongs', () => {
  let stack: TestStack;
  const [calm, troubled] = ['calm', 'troubled'].map((id): SourceKeys => ({
    id,
    token: `token-${key()}`,
    writeKey: `write-${key()}`,
  })) as [SourceKeys, SourceKeys];

  beforeAll(async () => {
    stack = await startStack({
      partitions: 4,
      forwarders: 0,
      env: {
        SOURCES_FILE: sourcesFile([calm, troubled]),
        // What a sources file says instead.
        SEGMENT_WRITE_KEYS: '',
        DELETION_KEYS: '',
        SEGMENT_SHARED_SECRET: '',
        EXTOLE_ACCESS_TOKEN: '',
      },
    });
    await startExtoleAnew();
    await stack.startForwarder();
  }, 90_000);

  beforeEach(startExtoleAnew);

  /** A simulator that keeps hundreds of thousands of calls stops for its garbage collection, longer than the bound that is looked for here. */
  async function startExtoleAnew(): Promise<void> {
    await stack.extole.reset();
    await stack.extole.behaviour({ ...CALL, tokens: [calm.token, troubled.token] });
  }

  function loadOf({ id, writeKey }: SourceKeys, test: string): SteadyLoad {
    const segment = new SegmentClient({ url: stack.ingestUrl, writeKey, deletionKey: '' });
    return new SteadyLoad({ segment, prefix: `${test}-${id}`, senders: 10, usersPerSender: 5, everyMs: 250 });
  }

  /** Milliseconds from the sending of an event to Extole's answer as it ought to come, for the events sent in the window. */
  function waysIn([from, until]: readonly [number, number], load: SteadyLoad, ledger: readonly LedgerEntry[]): number[] {
    const answered = new Map(
      ledger.flatMap(({ partnerEventId, applied, at }) => (applied ? [[partnerEventId, at + CALL.latencyMs] as const] : [])),
    );
    return load.taken.flatMap(({ messageId }) => {
      const sentAt = load.sentAt.get(messageId) ?? 0;
      return sentAt < from || sentAt >= until ? [] : [(answered.get(messageId) ?? Infinity) - sentAt];
    });
  }

  async function window(): Promise<readonly [number, number]> {
    await pass(SETTLING_MS);
    const from = Date.now();
    await pass(WINDOW_MS);
    return [from, Date.now()];
  }

  /** Waits until what the troubled were sent has taken effect: a window beside their catching up would be no window without trouble. */
  async function untilCaughtUp(troubledOnes: () => readonly NumberedEvent[]): Promise<void> {
    const awaited = troubledOnes();
    await waitFor(
      async () => {
        const applied = new Set((await stack.extole.applied()).map(({ partnerEventId }) => partnerEventId));
        return awaited.every(({ messageId }) => applied.has(messageId));
      },
      { timeoutMs: CATCH_UP_TIMEOUT_MS, intervalMs: 1_000, describe: 'those in trouble to catch up' },
    );
  }

  /**
   * By how many per cent the trouble raises the 99th percentile of those beside it: the middle of several windows with it, beside those
   * without, in turn, so that what else the machine does falls on both.
   */
  async function delayBy(
    faults: readonly Fault[],
    beside: SteadyLoad,
    troubledOnes: () => readonly NumberedEvent[],
  ): Promise<{ without: number; during: number; percent: number }> {
    const windows: { readonly without: readonly [number, number]; readonly during: readonly [number, number] }[] = [];
    // The first seconds of a process are slower than all that follow.
    await pass(WINDOW_MS);
    for (let round = 0; round < ROUNDS; round++) {
      const without = await window();
      await stack.extole.behaviour({ faults: [...faults] });
      windows.push({ without, during: await window() });
      await stack.extole.behaviour({ faults: [] });
      await untilCaughtUp(troubledOnes);
    }
    const ledger = await stack.extole.ledger();
    const p99s = (which: 'without' | 'during'): number[] =>
      windows.map((pair) => quantile(waysIn(pair[which], beside, ledger), 0.99));
    const without = median(p99s('without'));
    const during = median(p99s('during'));
    return { without, during, percent: (during / without - 1) * 100 };
  }

  it.each([
    ['refused (401)', { kind: 'status', status: 401, code: 'invalid_access_token' }],
    ['hanging', { kind: 'hang' }],
    ['failing (500)', { kind: 'status', status: 500 }],
  ] as const)(
    "a stopped account delays another account's events by less than 10 %: %s",
    async (name, fault) => {
      const other = loadOf(calm, name.replaceAll(/\W/g, '-'));
      const stopped = loadOf(troubled, name.replaceAll(/\W/g, '-'));
      const { without, during, percent } = await delayBy([{ ...fault, match: { token: troubled.token } }], other, () =>
        stopped.taken.slice(),
      );
      reportFigure({ name: `p99 of an account, beside another that is ${name}`, values: { without, during }, unit: 'ms' });
      reportFigure({
        name: `delay of its p99 beside an account that is ${name}`,
        values: { delay: percent },
        unit: '%',
        bound: BOUND_PERCENT,
      });
      expect(largest([percent, 0])).toBeLessThan(BOUND_PERCENT);
    },
    900_000,
  );

  it("a failing user delays others' events by less than 10 %", async () => {
    const everybody = loadOf(calm, 'one-user');
    const failing = 'one-user-calm-0-0';
    const { without, during, percent } = await delayBy(
      [{ match: { partnerUserId: failing }, kind: 'status', status: 500 }],
      withoutUser(everybody, failing),
      () => everybody.taken.filter(({ userId }) => userId === failing),
    );
    reportFigure({ name: 'p99 of everybody else, beside a user whose calls fail', values: { without, during }, unit: 'ms' });
    reportFigure({
      name: 'delay of their p99 beside a failing user',
      values: { delay: percent },
      unit: '%',
      bound: BOUND_PERCENT,
    });
    expect(largest([percent, 0])).toBeLessThan(BOUND_PERCENT);
  }, 900_000);

  /** The same load as everybody but `user` has it. */
  function withoutUser(load: SteadyLoad, user: string): SteadyLoad {
    return Object.create(load, {
      taken: { get: () => load.taken.filter(({ userId }) => userId !== user) },
    }) as SteadyLoad;
  }
});

function key(): string {
  return randomBytes(12).toString('hex');
}

function sourcesFile(sources: readonly SourceKeys[]): string {
  const path = join(tempFolder('sources'), 'sources.yaml');
  const content = {
    sources: sources.map(({ id, token, writeKey }) => ({
      id,
      writeKeys: [writeKey],
      extole: { accessToken: token, maxConcurrency: 128 },
    })),
  };
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(content));
  return path;
}
