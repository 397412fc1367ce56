import { setTimeout as pass } from 'node:timers/promises';
import { callsFor, repeatsAmong } from '../support/extole-calls.ts';
import { numberedEvent, numberedEvents, sendInBatches } from '../support/numbered-events.ts';
import { countByOutcome } from '../support/outcome-facts.ts';
import { untilSettled } from '../support/settled.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { startStack } from '../support/test-stack.ts';
import { waitFor } from '../support/wait-for.ts';
import { FakeClock, findFaketime } from './support/fake-clock.ts';
import { reportFigure } from './support/figures.ts';
import { expectKeptPromises } from './support/judgement.ts';
import { scaled } from './support/scale.ts';
import { largest } from './support/statistics.ts';
import { SteadyLoad } from './support/steady-load.ts';

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
const STEPS = [HOUR_S, -HOUR_S, DAY_S, -DAY_S, 0];
const STEP_MS = scaled(15_000, 6_000);
const PAUSE_BOUND_MS = 5_000;
const FAILING = 'failing-through-the-steps';

const library = findFaketime();
if (library === undefined) process.stderr.write('skipped: clock steps need libfaketime (Debian package faketime)\n');
const maybe = library === undefined ? it.skip : it;

describe('steps of the forwarder’s wall clock, in both directions', () => {
  maybe(
    'loses, repeats, gives up and holds up nothing',
    async () => {
      const clock = new FakeClock(library ?? '');
      const stack = await startStack({ partitions: 4, forwarders: 0, env: { EXTOLE_MAX_CONCURRENCY: '32' } });
      await stack.startForwarder({ env: clock.env });
      await stack.extole.behaviour({
        latencyMs: 20,
        jitterMs: 20,
        faults: [{ match: { path: '/v6/*', partnerUserId: FAILING }, kind: 'status', status: 500 }],
      });
      // An hour's step must not look like an hour of attempts: that would be its dead letter.
      const failing = numberedEvent(FAILING, 0);
      await stack.segment.sendBatch([failing]);
      const load = new SteadyLoad({ segment: stack.segment, prefix: 'clock', senders: 6, usersPerSender: 20, everyMs: 300 });
      await waitFor(() => load.taken.length > 500, { describe: 'a flow of events' });
      const steppedAt: number[] = [];
      const deleted: string[] = [];
      for (const [index, offset] of STEPS.entries()) {
        clock.set(offset);
        steppedAt.push(Date.now());
        await pass(STEP_MS / 2);
        const leaver = `clock-leaver-${index}`;
        await stack.segment.sendBatch([numberedEvent(leaver, 0)]);
        expect((await stack.segment.deleteUser(leaver)).status).toBe(202);
        deleted.push(leaver);
        await pass(STEP_MS / 2);
      }
      await load.stop();
      expect(await stack.extole.applied({ partnerUserId: FAILING })).toHaveLength(0);
      await stack.extole.behaviour({ faults: [] });

      const { ledger, outcomes } = await expectKeptPromises(stack, [...load.taken, failing]);
      const calls = callsFor(load.taken, ledger);
      const repeats = repeatsAmong(calls).length;
      const pauses = steppedAt.map((from) => {
        const times = [from, ...calls.filter(({ at }) => at >= from && at < from + STEP_MS).map(({ at }) => at)];
        return largest(times.map((at, index) => at - (times[index - 1] ?? at)));
      });
      reportFigure({
        name: 'longest pause of all calls around a clock step',
        values: { max: largest(pauses) },
        unit: 'ms',
        bound: PAUSE_BOUND_MS,
      });
      reportFigure({ name: 'repeats over all clock steps', values: { repeats }, bound: 0 });
      // The steps were real: the outcomes bear the dates.
      const calledAt = new Map(calls.map(({ partnerEventId, at }) => [partnerEventId, at]));
      const hours = outcomes.flatMap(({ value }) => {
        const { at, messageId } = JSON.parse(value ?? '{}') as { at: string; messageId: string };
        const truly = calledAt.get(messageId);
        return truly === undefined ? [] : [Math.round((Date.parse(at) - truly) / HOUR_S / 1_000)];
      });
      expect(new Set(hours)).toEqual(new Set([0, 1, -1, 24, -24]));
      expect(countByOutcome(outcomes)['dead-lettered'] ?? 0).toBe(0);
      expect(repeats).toBe(0);
      expect(largest(pauses)).toBeLessThan(PAUSE_BOUND_MS);
      for (const leaver of deleted) {
        const last = ledger.filter(({ partnerUserId }) => partnerUserId === leaver).at(-1);
        expect(last?.path).toBe('/v4/erasures');
      }
    },
    480_000,
  );

  maybe(
    'knows what it has delivered, and who was deleted, when it starts with a clock that is 40 days off',
    async () => {
      const clock = new FakeClock(library ?? '');
      const stateDir = tempFolder('state');
      const stack = await startStack({ partitions: 4, forwarders: 0, env: { EXTOLE_MAX_CONCURRENCY: '32' } });
      const events = numberedEvents({ total: 2_000, users: 200, prefix: 'clock-start' });
      const first = await stack.startForwarder({ stateDir });
      await sendInBatches(stack.segment, events);
      await untilSettled(stack);
      await first.terminate();
      // In the backlog of a start with a wrong clock: an event, and its user's deletion.
      const leaver = numberedEvent('clock-start-leaver', 0);
      await stack.segment.sendBatch([leaver]);
      expect((await stack.segment.deleteUser(leaver.userId)).status).toBe(202);
      for (const days of [40, -40, 0]) {
        clock.set(days * DAY_S);
        const forwarder = await stack.startForwarder({ stateDir, env: clock.env });
        await sendInBatches(stack.segment, events);
        await untilSettled(stack);
        await forwarder.terminate();
      }
      const ledger = await stack.extole.ledger();
      const repeats = repeatsAmong(callsFor(events, ledger)).length;
      reportFigure({ name: 'repeats after starts with a clock 40 days ahead and behind', values: { repeats }, bound: 0 });
      expect(repeats).toBe(0);
      expect(callsFor([leaver], ledger)).toHaveLength(0);
    },
    240_000,
  );
});
