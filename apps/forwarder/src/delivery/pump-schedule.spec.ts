import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import type { PumpResult } from '#delivery';
import { PumpSchedule } from './pump-schedule.ts';

function scheduled(...results: ((nowMs: number) => PumpResult)[]) {
  const pumpedAt: number[] = [];
  const pumps = new PumpSchedule(({ monotonicMs }) => {
    pumpedAt.push(monotonicMs);
    return results.shift()?.(monotonicMs) ?? { more: false };
  });
  return { pumps, pumpedAt };
}

describe('the pumps of a source', () => {
  it('are one for all that happens in one turn of the event loop', async () => {
    const { pumps, pumpedAt } = scheduled();
    for (let i = 0; i < 10; i++) pumps.request();
    expect(pumpedAt).toHaveLength(0);
    await turn();
    await turn();
    expect(pumpedAt).toHaveLength(1);
  });

  it('go on while there is more to do', async () => {
    const { pumps, pumpedAt } = scheduled(
      () => ({ more: true }),
      () => ({ more: true }),
    );
    pumps.request();
    for (let i = 0; i < 5; i++) await turn();
    expect(pumpedAt).toHaveLength(3);
  });

  it('come at the moment that the last one named, and not before', async () => {
    const { pumps, pumpedAt } = scheduled((nowMs) => ({ more: false, wakeAt: nowMs + 30 }));
    pumps.request();
    while (pumpedAt.length < 2) await delay(1);
    expect((pumpedAt[1] ?? 0) - (pumpedAt[0] ?? 0)).toBeGreaterThanOrEqual(29);
  });

  it('come at the earliest moment that was named, though a later pump names a later one', async () => {
    const { pumps, pumpedAt } = scheduled(
      (nowMs) => ({ more: false, wakeAt: nowMs + 30 }),
      (nowMs) => ({ more: false, wakeAt: nowMs + 60_000 }),
      (nowMs) => ({ more: false, wakeAt: nowMs + 10 }),
    );
    pumps.request();
    await turn();
    pumps.request();
    while (pumpedAt.length < 4) await delay(1);
    expect((pumpedAt[2] ?? 0) - (pumpedAt[0] ?? 0)).toBeGreaterThanOrEqual(29);
    expect((pumpedAt[3] ?? 0) - (pumpedAt[2] ?? 0)).toBeGreaterThanOrEqual(9);
    pumps.close();
  });

  it('end when it is closed, those that were named before too', async () => {
    const { pumps, pumpedAt } = scheduled((nowMs) => ({ more: false, wakeAt: nowMs + 5 }));
    pumps.request();
    await turn();
    pumps.close();
    pumps.request();
    await delay(20);
    expect(pumpedAt).toHaveLength(1);
  });
});
