import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { SegmentClient } from '../support/segment-client.ts';
import type { Behaviour, LedgerEntry } from '../support/simulator-client.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { startStack, type TestStack } from '../support/test-stack.ts';
import { reportFigure } from './support/figures.ts';
import { scaled } from './support/scale.ts';
import { largest, median, quantile } from './support/statistics.ts';
import { SteadyLoad } from './support/steady-load.ts';

const ROUNDS = scaled(8, 2);
const WINDOW_MS = scaled(12_000, 6_000);
/** After a change, until its effect is all that is seen. */
const SETTLING_MS = 3_000;
const BOUND_PERCENT = 10;
/** So much beside the machine that its own noise is the smaller part of a call's way. */
const CALL = { latencyMs: 60, jitterMs: 0 };

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
    await stack.extole.behaviour({ ...CALL, tokens: [calm.token, troubled.token] });
    await stack.startForwarder();
  }, 90_000);

  function loadOf({ id, writeKey }: SourceKeys, test: string): SteadyLoad {
    const segment = new SegmentClient({ url: stack.ingestUrl, writeKey, deletionKey: '' });
    return new SteadyLoad({ segment, prefix: `${test}-${id}`, senders: 10, usersPerSender: 5, everyMs: 250 });
  }

  /** Milliseconds from the sending of an event to its first call, for the events sent in the window. */
  function waysIn([from, until]: readonly [number, number], load: SteadyLoad, ledger: readonly LedgerEntry[]): number[] {
    const called = new Map(ledger.toReversed().map(({ partnerEventId, at }) => [partnerEventId, at]));
    return load.taken.flatMap(({ messageId }) => {
      const sentAt = load.sentAt.get(messageId) ?? 0;
      const at = called.get(messageId);
      return sentAt < from || sentAt >= until ? [] : [at === undefined ? Infinity : at - sentAt];
    });
  }

  async function window(): Promise<readonly [number, number]> {
    await pass(SETTLING_MS);
    const from = Date.now();
    await pass(WINDOW_MS);
    return [from, Date.now()];
  }

  /** By how many per cent the trouble raises the 99th percentile of `load`: the middle of several windows with it, beside those without, in turn. */
  async function delayBy(
    faults: readonly Fault[],
    load: SteadyLoad,
  ): Promise<{ without: number; during: number; percent: number }> {
    const windows: { readonly without: readonly [number, number]; readonly during: readonly [number, number] }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await stack.extole.behaviour({ faults: [] });
      const without = await window();
      await stack.extole.behaviour({ faults: [...faults] });
      windows.push({ without, during: await window() });
    }
    // Their last events have had their time to arrive.
    await pass(SETTLING_MS);
    const ledger = await stack.extole.ledger();
    await stack.extole.behaviour({ faults: [] });
    const p99s = (which: 'without' | 'during'): number[] =>
      windows.map((pair) => quantile(waysIn(pair[which], load, ledger), 0.99));
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
      loadOf(troubled, name.replaceAll(/\W/g, '-'));
      const { without, during, percent } = await delayBy([{ ...fault, match: { token: troubled.token } }], other);
      reportFigure({ name: `p99 of an account, beside another that is ${name}`, values: { without, during }, unit: 'ms' });
      reportFigure({
        name: `delay of its p99 beside an account that is ${name}`,
        values: { delay: percent },
        unit: '%',
        bound: BOUND_PERCENT,
      });
      expect(largest([percent, 0])).toBeLessThan(BOUND_PERCENT);
    },
    600_000,
  );

  it("a failing user delays others' events by less than 10 %", async () => {
    const everybody = loadOf(calm, 'one-user');
    const failing = 'one-user-calm-0-0';
    const { without, during, percent } = await delayBy(
      [{ match: { partnerUserId: failing }, kind: 'status', status: 500 }],
      withoutUser(everybody, failing),
    );
    reportFigure({ name: 'p99 of everybody else, beside a user whose calls fail', values: { without, during }, unit: 'ms' });
    reportFigure({
      name: 'delay of their p99 beside a failing user',
      values: { delay: percent },
      unit: '%',
      bound: BOUND_PERCENT,
    });
    expect(largest([percent, 0])).toBeLessThan(BOUND_PERCENT);
  }, 600_000);

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
      extole: { accessToken: token, maxConcurrency: 64 },
    })),
  };
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(content));
  return path;
}
