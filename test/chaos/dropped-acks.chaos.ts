import { callsFor, repeatsAmong } from '../support/extole-calls.ts';
import { startStack } from '../support/test-stack.ts';
import { waitFor } from '../support/wait-for.ts';
import { startChaosBroker } from './support/chaos-broker.ts';
import { reportFigure } from './support/figures.ts';
import { expectKeptPromises } from './support/judgement.ts';
import { ProduceReplyLoss, type ReplyFate } from './support/produce-reply-loss.ts';
import { runSeed, seededRandom } from './support/random.ts';
import { scaled } from './support/scale.ts';
import { SteadyLoad } from './support/steady-load.ts';

/** Each lost reply holds its topic up for a request's timeout of 4 s; a connection that ends is noticed at once. */
const LOST_SHARE = 0.01;
const CUT_SHARE = 0.03;
const FATES = scaled(150, 15);

describe('the broker writes, and its acknowledgement is lost', () => {
  it('loses nothing, keeps the order, and calls no event again for an outcome that was appended twice', async () => {
    const random = seededRandom(runSeed());
    const fates = { lose: 0, cut: 0 };
    let faulty = false;
    const fateOf = (): ReplyFate => {
      const drawn = random();
      if (!faulty || drawn >= LOST_SHARE + CUT_SHARE) return 'arrive';
      const fate = drawn < LOST_SHARE ? 'lose' : 'cut';
      fates[fate] += 1;
      return fate;
    };
    const broker = await startChaosBroker({ filterOf: () => new ProduceReplyLoss(fateOf) });
    const stack = await startStack({
      brokers: broker.brokers,
      env: { KAFKA_BROKERS: broker.proxiedBrokers, EXTOLE_MAX_CONCURRENCY: '32' },
    });
    const load = new SteadyLoad({
      segment: stack.segment,
      prefix: 'unacknowledged',
      senders: 8,
      usersPerSender: 20,
      everyMs: 200,
    });
    faulty = true;
    await waitFor(() => fates.lose + fates.cut >= FATES, {
      timeoutMs: 240_000,
      describe: () => `${FATES} acknowledgements to get lost (${JSON.stringify(fates)})`,
    });
    faulty = false;
    await load.stop();

    const { ledger, events } = await expectKeptPromises(stack, load.taken);
    const repeats = repeatsAmong(callsFor(load.taken, ledger)).length;
    const twice = events.length - new Set(events.map(({ headers }) => headers['messageId'])).size;
    reportFigure({ name: 'acknowledgements lost after the write', values: fates });
    reportFigure({ name: 'events in the log more than once', values: { records: twice } });
    reportFigure({ name: 'repeated calls with acknowledgements lost', values: { repeats }, bound: 0 });
    // Or the proxy would have dropped nothing that mattered.
    expect(twice).toBeGreaterThan(0);
    expect(repeats).toBe(0);
  }, 480_000);
});
