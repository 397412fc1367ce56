import { setTimeout as pass } from 'node:timers/promises';
import { callsFor, repeatsAmong } from '../support/extole-calls.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { startStack, type TestStack } from '../support/test-stack.ts';
import { reportFigure } from './support/figures.ts';
import { expectKeptPromises } from './support/judgement.ts';
import { runSeed, seededRandom } from './support/random.ts';
import { scaled } from './support/scale.ts';
import { largest, median } from './support/statistics.ts';
import { SteadyLoad } from './support/steady-load.ts';

const KILLS = scaled(50, 4);
const CONCURRENCY = 128;
/** P4. */
const REPEATS_BOUND = 2 * CONCURRENCY;
const MEDIAN_BOUND = 100;
/** With {@link CONCURRENCY} calls of this length in flight, a little less is delivered than is sent: the axe always falls on work. */
const CALL = { latencyMs: 100, jitterMs: 50 };
const LOAD = { senders: 16, usersPerSender: 20, everyMs: 300 };

describe('kill -9 at random moments, under load', () => {
  let stack: TestStack;
  let stateDir: string;
  const random = seededRandom(runSeed());

  beforeAll(async () => {
    stateDir = tempFolder('state');
    stack = await startStack({ partitions: 8, forwarders: 0, env: { EXTOLE_MAX_CONCURRENCY: String(CONCURRENCY) } });
    await stack.startForwarder({ stateDir });
    await stack.extole.behaviour(CALL);
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

  it(`loses nothing, keeps each user's order, and repeats within the bound over ${KILLS} kills of ingest and forwarder`, async () => {
    const load = new SteadyLoad({ segment: stack.segment, prefix: 'storm', ...LOAD });
    const forwarderKills: number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      await pass(500 + random() * 2_000);
      // Two of three hit the forwarder, which has the more to forget.
      const name = random() < 0.67 ? 'forwarder' : 'ingest';
      const killedAt = await killOneOf(name);
      if (name === 'forwarder') forwarderKills.push(killedAt);
    }
    await load.stop();

    const { ledger } = await expectKeptPromises(stack, load.taken);
    const repeats = repeatsAmong(callsFor(load.taken, ledger));
    const perCrash = forwarderKills.map((from, index) => {
      const until = forwarderKills[index + 1] ?? Infinity;
      return repeats.filter(({ at }) => at >= from && at < until).length;
    });
    reportFigure({ name: 'kills', values: { forwarder: forwarderKills.length, ingest: KILLS - forwarderKills.length } });
    reportFigure({
      name: 'repeats per crash at 128 in flight',
      values: { median: median(perCrash), max: largest(perCrash) },
      bound: REPEATS_BOUND,
    });
    expect(repeats.length).toBe(perCrash.reduce((sum, count) => sum + count, 0));
    expect(largest(perCrash)).toBeGreaterThan(0);
    expect(largest(perCrash)).toBeLessThanOrEqual(REPEATS_BOUND);
    expect(median(perCrash)).toBeLessThan(MEDIAN_BOUND);
    const bodies = new Map(ledger.map(({ partnerEventId, sha256 }) => [partnerEventId, sha256]));
    expect(repeats.filter(({ partnerEventId, sha256 }) => bodies.get(partnerEventId) !== sha256)).toHaveLength(0);
  }, 900_000);
});
