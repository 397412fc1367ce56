import { randomBytes } from 'node:crypto';
import { setTimeout as pass } from 'node:timers/promises';
import type { AppProcess } from '../support/app-process.ts';
import { callsFor, repeatsAmong } from '../support/extole-calls.ts';
import type { LedgerEntry } from '../support/simulator-client.ts';
import { startStack, type TestStack } from '../support/test-stack.ts';
import { waitFor } from '../support/wait-for.ts';
import { reportFigure } from './support/figures.ts';
import { GroupWatch } from './support/group-watch.ts';
import { expectKeptPromises } from './support/judgement.ts';
import { settledOwnership } from './support/ownership.ts';
import { scaled } from './support/scale.ts';
import { SteadyLoad } from './support/steady-load.ts';

const PARTITIONS = 6;
const CONCURRENCY = 32;
const FREEZES = scaled(5, 1);
/** The session of a silent member ends after 10 s, and its partitions go to the other. */
const FROZEN_MS = 16_000;

describe('an owner that is frozen past its session (SIGSTOP, then SIGCONT)', () => {
  let stack: TestStack;
  /** Each forwarder has an access token, hence in the ledger an account, of its own: so each call tells who has made it. */
  const tokens = { frozen: randomBytes(12).toString('hex'), other: randomBytes(12).toString('hex') };
  let frozen: AppProcess;
  let other: AppProcess;

  beforeAll(async () => {
    stack = await startStack({ partitions: PARTITIONS, forwarders: 0, env: { EXTOLE_MAX_CONCURRENCY: String(CONCURRENCY) } });
    await stack.extole.behaviour({ tokens: Object.values(tokens), latencyMs: 20, jitterMs: 20 });
    frozen = await stack.startForwarder({ env: { EXTOLE_ACCESS_TOKEN: tokens.frozen } });
    other = await stack.startForwarder({ env: { EXTOLE_ACCESS_TOKEN: tokens.other } });
  }, 120_000);

  /** Which account is whose: each of them delivers something, and only one of them is awake while the other is frozen. */
  function accountOf(calls: readonly LedgerEntry[], from: number, until: number): string {
    const accounts = new Set(calls.filter(({ at }) => at >= from && at < until).map(({ account }) => account));
    const [only = null] = accounts;
    if (accounts.size !== 1 || only === null) throw new Error(`${accounts.size} accounts were called while one owner was frozen`);
    return only;
  }

  it('neither delivers nor commits what has passed to another when it wakes up', async () => {
    const { topics, env } = stack;
    const watch = new GroupWatch({
      groupId: env['FORWARDER_GROUP_ID'] ?? '',
      topic: topics.events,
      brokers: env['KAFKA_BROKERS'] ?? '',
    });
    const load = new SteadyLoad({ segment: stack.segment, prefix: 'frozen', senders: 8, usersPerSender: 20, everyMs: 250 });
    const freezes: { readonly from: number; readonly woken: number }[] = [];
    for (let freeze = 0; freeze < FREEZES; freeze++) {
      await settledOwnership([frozen, other], PARTITIONS);
      await pass(2_000);
      const from = Date.now();
      frozen.suspend();
      await pass(FROZEN_MS);
      await waitFor(() => watch.memberCount === 1, { describe: 'the group to go on without the frozen owner' });
      const woken = Date.now();
      frozen.resume();
      freezes.push({ from, woken });
    }
    await settledOwnership([frozen, other], PARTITIONS);
    await load.stop();
    await watch.stop();

    const { ledger } = await expectKeptPromises(stack, load.taken);
    const calls = callsFor(load.taken, ledger);
    const repeats = repeatsAmong(calls);
    const byFormerOwner = freezes.flatMap(({ from, woken }) => {
      // A second after the freeze: what it had sent before may have been on its way.
      const otherAccount = accountOf(calls, from + 1_000, woken);
      const aloneUntil = watch.lastSeenAlone(woken);
      return calls.filter(({ at, account }) => at >= woken && at < aloneUntil && account !== otherAccount);
    });
    reportFigure({
      name: 'calls of a former owner after it woke up, before it joined again',
      values: { calls: byFormerOwner.length, freezes: FREEZES },
      bound: 0,
    });
    expect(byFormerOwner).toHaveLength(0);
    reportFigure({
      name: 'repeats per freeze',
      values: { mean: repeats.length / FREEZES },
      bound: 2 * CONCURRENCY,
    });
    expect(repeats.length).toBeLessThanOrEqual(2 * CONCURRENCY * FREEZES);
    // What it repeats was in doubt when the clock stopped: nothing that another has meanwhile called is called by the former owner again.
    const firstCall = new Map(calls.toReversed().map((call) => [call.partnerEventId, call]));
    const late = repeats.filter((repeat) =>
      freezes.some(({ from, woken }) => {
        const first = firstCall.get(repeat.partnerEventId);
        return first !== undefined && first.at >= from + 1_000 && first.at < woken && repeat.at >= woken;
      }),
    );
    expect(late).toHaveLength(0);
    reportFigure({ name: 'committed offsets that went back', values: { times: watch.stepsBack }, bound: 0 });
    expect(watch.stepsBack).toBe(0);
  }, 600_000);
});
