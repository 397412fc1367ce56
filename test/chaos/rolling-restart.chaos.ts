import type { AppProcess } from '../support/app-process.ts';
import { callsFor, repeatsAmong } from '../support/extole-calls.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { startStack, type TestStack } from '../support/test-stack.ts';
import { reportFigure } from './support/figures.ts';
import { expectKeptPromises } from './support/judgement.ts';
import { movedPartitions, settledOwnership } from './support/ownership.ts';
import { scaled } from './support/scale.ts';
import { SteadyLoad } from './support/steady-load.ts';

const PARTITIONS = 12;
const ROUNDS = scaled(3, 1);

describe('forwarders that come and go, under load', () => {
  let stack: TestStack;
  const stateDirs = [0, 1, 2].map((machine) => tempFolder(`machine-${machine}`));
  const running: AppProcess[] = [];

  beforeAll(async () => {
    stack = await startStack({ partitions: PARTITIONS, forwarders: 0, env: { EXTOLE_MAX_CONCURRENCY: '32' } });
    await stack.extole.behaviour({ latencyMs: 20, jitterMs: 20 });
    for (const machine of [0, 1]) running[machine] = await start(machine);
  }, 120_000);

  async function start(machine: number): Promise<AppProcess> {
    return stack.startForwarder({ stateDir: stateDirs[machine] ?? '' });
  }

  it('moves no more partitions than it must, and repeats nothing when everybody leaves in peace', async () => {
    const load = new SteadyLoad({ segment: stack.segment, prefix: 'rolling', senders: 8, usersPerSender: 20, everyMs: 400 });
    const byTwo = await settledOwnership(running, PARTITIONS);
    running[2] = await start(2);
    let before = await settledOwnership(running, PARTITIONS);
    const movedAtThird = movedPartitions(byTwo, before);

    const movedPerRestart: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const machine of running.keys()) {
        expect(await running[machine]?.terminate()).toEqual({ code: 0, signal: null });
        running[machine] = await start(machine);
        const after = await settledOwnership(running, PARTITIONS);
        movedPerRestart.push(movedPartitions(before, after));
        before = after;
      }
    }
    await running[2]?.terminate();
    const byTwoAgain = await settledOwnership(running.slice(0, 2), PARTITIONS);
    const movedAtLeave = movedPartitions(before, byTwoAgain);
    await load.stop();

    const { ledger } = await expectKeptPromises(stack, load.taken);
    const repeats = repeatsAmong(callsFor(load.taken, ledger)).length;
    const restarts = { restarts: movedPerRestart.length, moved: movedPerRestart.reduce((sum, moved) => sum + moved, 0) };
    reportFigure({
      name: 'partitions moved when a third forwarder joins two',
      values: { moved: movedAtThird },
      bound: PARTITIONS / 3,
    });
    reportFigure({ name: 'partitions with another owner after rolling restarts', values: restarts, bound: 0 });
    reportFigure({ name: 'partitions moved when one of three leaves', values: { moved: movedAtLeave }, bound: PARTITIONS / 3 });
    reportFigure({ name: 'repeats over all joins and leaves', values: { repeats }, bound: 0 });
    expect(movedAtThird).toBeLessThanOrEqual(PARTITIONS / 3);
    expect(restarts.moved).toBe(0);
    expect(movedAtLeave).toBeLessThanOrEqual(PARTITIONS / 3);
    expect(repeats).toBe(0);
  }, 600_000);
});
