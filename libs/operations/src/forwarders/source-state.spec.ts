import type { GateState } from '#delivery';
import { combineStates } from './source-state.ts';

const delivering: GateState = { kind: 'delivering' };
const slowed: GateState = { kind: 'slowed', concurrency: 16, sinceWallMs: 5_000 };
const unauthorized: GateState = {
  kind: 'stopped',
  reason: 'configuration',
  code: 'invalid_access_token',
  status: 401,
  sinceWallMs: 2_000,
};
const outage: GateState = { kind: 'stopped', reason: 'outage', code: 'ECONNREFUSED', sinceWallMs: 1_000 };
const byOperator: GateState = { kind: 'stopped', reason: 'operator', sinceWallMs: 3_000, note: 'wrong programme' };

function combined(...states: GateState[]) {
  return combineStates(
    'default',
    'events',
    states.map((state, i) => ({ forwarder: `f${i}`, state })),
  );
}

describe('how a source stands over all forwarders', () => {
  it('is the worst that any says, with the names of those that do', () => {
    expect(combined(delivering, delivering)).toEqual({ kind: 'delivering', forwarders: ['f0', 'f1'] });
    expect(combined(delivering, slowed)).toMatchObject({ kind: 'slowed', concurrency: 16, forwarders: ['f1'] });
    expect(combined(slowed, outage)).toMatchObject({
      kind: 'stopped',
      reason: 'outage',
      code: 'ECONNREFUSED',
      forwarders: ['f1'],
    });
    expect(combined(outage, unauthorized)).toMatchObject({ reason: 'configuration', status: 401 });
    expect(combined(unauthorized, byOperator)).toMatchObject({ reason: 'operator', note: 'wrong programme', forwarders: ['f1'] });
  });

  it('is since the first of them says so', () => {
    expect(combined(unauthorized, { ...unauthorized, sinceWallMs: 500 }).since).toBe('1970-01-01T00:00:00.500Z');
  });

  it('names the cause and the next step', () => {
    expect(combined(unauthorized).why).toMatch(/Extole answers 401 invalid_access_token: check EXTOLE_ACCESS_TOKEN/);
    expect(combined({ kind: 'stopped', reason: 'operator', sinceWallMs: 0, fault: unauthorized }).why).toMatch(
      /an operator has stopped it: .* until it is resumed; besides, Extole answers 401/,
    );
  });

  it('is unattended where nobody says anything', () => {
    expect(combined()).toMatchObject({ kind: 'unattended', forwarders: [] });
  });
});
