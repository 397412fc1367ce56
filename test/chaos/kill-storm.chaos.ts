import { setTimeout as pass } from 'node:timers/promises';
import { callsFor, repeatsAmong } from '../support/extole-calls.ts';
import type { LedgerEntry } from '../support/simulator-client.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { startStack, type TestStack } from '../support/test-stack.ts';
import { reportFigure } from './support/figures.ts';
import { expectKeptPromises } from './support/judgement.ts';
import { runSeed, seededRandom } from './support/random.ts';
import { scaled } from './support/scale.ts';
import { largest, median } from './support/statistics.ts';
import { SteadyLoad } from './support/steady-load.ts';

const CONCURRENCY = 128;
/** P4. */
const REPEATS_BOUND = 2 * CONCURRENCY;

const STORMS = [
  {
    name: 'a flow that Extole keeps up with',
    kills: scaled(50, 5),
    call: { latencyMs: 40, jitterMs: 40 },
    load: { senders: 16, usersPerSender: 20, everyMs: 500 },
    medianBound: 100,
  },
  {
    // A little more is sent than 128 calls of this length at a time can deliver. Each of them is in doubt at the kill: fewer repeats cannot be.
    name: 'an account at its limit',
    kills: scaled(10, 3),
    call: { latencyMs: 100, jitterMs: 50 },
    load: { senders: 16, usersPerSender: 20, everyMs: 280 },
    medianBound: REPEATS_BOUND,
  },
] as const;

describe('kill -9 at random moments, under load', () => {
  let stack: TestStack;
  let stateDir: string;
  const random = seededRandom(runSeed());

  beforeAll(async () => {
    stateDir = tempFolder('state');
    stack = await startStack({ partitions: 8, forwarders: 0, env: { EXTOLE_MAX_CONCURRENCY: String(CONCURRENCY) } });
    await stack.startForwarder({ stateDir });
  }, 90_000);

  /** Kills one of the two, and starts it again. Returns when the kill was. */
  async function killOneOf(name: 'ingest' | 'forwarder'): Promise<number> {
    const killedAt = Date.now();
    if (name === 'ingest') {
      await stack.ingest.kill9();
      await stack.restartIngest();
    } else {
      await stack.forwarders.at(-1)?.kill9();
      await stack.startForwarder({ stateDir });
    }
    return killedAt;
  }

  /** How many of the calls between each kill and the next one were repeats. */
  function countPerCrash(repeats: readonly LedgerEntry[], kills: readonly number[]): number[] {
    return kills.map((from, index) => {
      const until = kills[index + 1] ?? Infinity;
      return repeats.filter(({ at }) => at >= from && at < until).length;
    });
  }

  it.each(STORMS)(
    "loses nothing, keeps each user's order, and repeats within the bound: $kills kills of ingest and forwarder, $name",
    async ({ name, kills, call, load: flow, medianBound }) => {
      await stack.extole.reset();
      await stack.extole.behaviour(call);
      const load = new SteadyLoad({ segment: stack.segment, prefix: `storm-${name.replaceAll(' ', '-')}`, ...flow });
      const forwarderKills: number[] = [];
      for (let kill = 0; kill < kills; kill++) {
        await pass(500 + random() * 3_000);
        // Two of three hit the forwarder, which has the more to forget.
        const victim = random() < 0.67 || kill === 0 ? 'forwarder' : 'ingest';
        const killedAt = await killOneOf(victim);
        if (victim === 'forwarder') forwarderKills.push(killedAt);
      }
      await load.stop();

      const { ledger } = await expectKeptPromises(stack, load.taken);
      const calls = callsFor(load.taken, ledger);
      const repeats = repeatsAmong(calls);
      const perCrash = countPerCrash(repeats, forwarderKills);
      reportFigure({
        name: `kills, ${name}`,
        values: { forwarder: forwarderKills.length, ingest: kills - forwarderKills.length },
      });
      reportFigure({
        name: `repeats per crash with EXTOLE_MAX_CONCURRENCY=${CONCURRENCY}, ${name}`,
        values: { median: median(perCrash), max: largest(perCrash) },
        bound: REPEATS_BOUND,
      });
      expect(repeats.length).toBe(perCrash.reduce((sum, count) => sum + count, 0));
      expect(largest(perCrash)).toBeGreaterThan(0);
      expect(largest(perCrash)).toBeLessThanOrEqual(REPEATS_BOUND);
      expect(median(perCrash)).toBeLessThanOrEqual(medianBound);
      const bodies = new Map(calls.map(({ partnerEventId, sha256 }) => [partnerEventId, sha256]));
      expect(repeats.filter(({ partnerEventId, sha256 }) => bodies.get(partnerEventId) !== sha256)).toHaveLength(0);
    },
    900_000,
  );
});
