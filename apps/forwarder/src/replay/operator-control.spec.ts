import type { SourceControl } from '#delivery';
import { OperatorControl } from './operator-control.ts';

const at = '2026-11-24T12:00:00.000Z';
const stop: SourceControl = { kind: 'delivery', wanted: 'stopped', at };
const resume: SourceControl = { kind: 'delivery', wanted: 'running', at };
const probe: SourceControl = { kind: 'probe', at };

function actedOn(before: readonly SourceControl[], after: readonly SourceControl[] = []): SourceControl[] {
  const acted: SourceControl[] = [];
  const control = new OperatorControl((word) => acted.push(word));
  before.forEach((word) => control.take(word));
  expect(acted).toEqual([]);
  control.caughtUp();
  after.forEach((word) => control.take(word));
  control.caughtUp();
  return acted;
}

describe("operators' words, for a forwarder that starts", () => {
  it('are the last one on delivery, if that is a stop', () => {
    expect(actedOn([resume, stop])).toEqual([stop]);
    expect(actedOn([stop, resume])).toEqual([]);
    expect(actedOn([])).toEqual([]);
  });

  it('are no probe of before it came, which would send an event at each start', () => {
    expect(actedOn([stop, probe])).toEqual([stop]);
  });

  it('are all that come from then on, in their order', () => {
    expect(actedOn([stop], [probe, resume, stop])).toEqual([stop, probe, resume, stop]);
  });
});
