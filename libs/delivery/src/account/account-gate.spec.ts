import type { HashedSubject } from '#segment';
import { DELIVERED, REFUSED, SERVER_ERROR, UNAUTHORIZED, WITHDRAWN } from '../testing/delivery-bench.ts';
import type { Verdict } from '../endings/verdict.ts';
import { AccountGate, type CallPermit, type GateOptions } from './account-gate.ts';

const THROTTLED: Verdict = { kind: 'retry', reason: 'throttled', code: 'too_many_requests', status: 429 };

/** An account's gate, and a clock. */
class Door {
  readonly gate: AccountGate;
  now = 0;

  constructor(options: Partial<GateOptions> = {}) {
    this.gate = new AccountGate({ maxConcurrency: 8, ...options });
  }

  get isOpen(): boolean {
    return this.gate.nextCallAt(this.now) === this.now;
  }

  start(): CallPermit {
    if (!this.isOpen) throw new Error('the gate lets no call go');
    return this.gate.callStarted(this.now);
  }

  end(permit: CallPermit, verdict: Verdict, user = 'ann'): void {
    this.gate.callFinished(permit, user as HashedSubject, verdict, this.now, this.now);
  }

  call(verdict: Verdict, user = 'ann'): this {
    this.end(this.start(), verdict, user);
    return this;
  }

  pass(ms: number): this {
    this.now += ms;
    return this;
  }

  /** Calls of ten different users fail one after the other. */
  outage(): this {
    for (let i = 0; i < 10; i++) this.call(SERVER_ERROR, `u${i}`);
    return this;
  }
}

describe('concurrency', () => {
  it('lets no more calls go than its limit', () => {
    const door = new Door({ maxConcurrency: 2 });
    const permit = door.start();
    door.start();
    expect(door.gate.nextCallAt(0)).toBeUndefined();
    door.end(permit, DELIVERED);
    expect(door.isOpen).toBe(true);
  });

  it('is halved when Extole asks to slow down, once for all answers of the same second', () => {
    const door = new Door();
    const permits = [door.start(), door.start(), door.start()];
    for (const permit of permits) door.end(permit, THROTTLED);
    expect(door.gate.concurrency).toBe(4);
    expect(door.gate.state).toEqual({ kind: 'slowed', concurrency: 4, sinceWallMs: 0 });
    door.pass(1_000).call(THROTTLED);
    expect(door.gate.concurrency).toBe(2);
  });

  it('is one at least, and grows by about one per round of good answers up to its limit', () => {
    const door = new Door({ maxConcurrency: 3 });
    for (let i = 0; i < 9; i++) door.pass(1_000).call(THROTTLED);
    expect(door.gate.concurrency).toBe(1);
    door.call(DELIVERED);
    expect(door.gate.concurrency).toBe(2);
    for (let i = 0; i < 9; i++) door.call(DELIVERED);
    expect(door.gate.state).toEqual({ kind: 'delivering' });
    expect(door.gate.concurrency).toBe(3);
  });

  it('follows a new share: a full one at once, a reduced one not beyond what it has come to', () => {
    const full = new Door({ maxConcurrency: 8 });
    full.gate.setShare(0.5);
    expect(full.gate.concurrency).toBe(4);
    full.gate.setShare(1);
    expect(full.gate.concurrency).toBe(8);
    const reduced = new Door({ maxConcurrency: 8 }).call(THROTTLED);
    reduced.gate.setShare(1);
    expect(reduced.gate.concurrency).toBe(4);
    reduced.gate.setShare(0.25);
    expect(reduced.gate.concurrency).toBe(2);
    reduced.gate.setShare(0.001);
    expect(reduced.gate.concurrency).toBe(1);
  });
});

describe('the circuit breaker', () => {
  it('opens when calls of several users fail in a row', () => {
    const door = new Door().outage();
    expect(door.gate.state).toMatchObject({ kind: 'stopped', reason: 'outage', code: 'server_error', status: 500 });
    expect(door.gate.nextCallAt(door.now)).toBe(1_000);
  });

  it('is not opened by one failing user, however often (P6)', () => {
    const door = new Door();
    for (let i = 0; i < 100; i++) door.call(SERVER_ERROR, `u${i % 4}`);
    expect(door.gate.state.kind).toBe('delivering');
  });

  it('is not opened by failures with good answers in between', () => {
    const door = new Door();
    for (let i = 0; i < 100; i++) door.call(SERVER_ERROR, `u${i}`).call(i % 5 === 4 ? DELIVERED : SERVER_ERROR, `v${i}`);
    for (let i = 0; i < 9; i++) door.call(SERVER_ERROR, `w${i}`);
    expect(door.gate.state.kind).toBe('delivering');
  });

  it('is not opened by being asked to slow down', () => {
    const door = new Door();
    for (let i = 0; i < 50; i++) door.call(THROTTLED, `u${i}`);
    expect(door.gate.state.kind).toBe('slowed');
  });

  it('probes with one call at growing intervals, up to half a minute, and closes at a good answer', () => {
    const door = new Door().outage();
    const intervals = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
    for (const interval of intervals) {
      expect(door.pass(interval - 1).isOpen).toBe(false);
      const probe = door.pass(1).start();
      expect(door.gate.nextCallAt(door.now)).toBeUndefined();
      door.end(probe, SERVER_ERROR);
    }
    door.pass(30_000).call(DELIVERED);
    expect(door.gate.state.kind).toBe('delivering');
    expect(door.isOpen).toBe(true);
  });

  it('is not opened by calls that we did not send or gave up, which are no failures; a probe that was one is made up for', () => {
    const door = new Door();
    for (let i = 0; i < 50; i++) door.call(WITHDRAWN, `u${i}`);
    expect(door.gate.state.kind).toBe('delivering');
    expect(door.gate.lastFailure).toBeUndefined();
    door.outage().pass(1_000).call(WITHDRAWN);
    expect(door.gate.state.kind).toBe('stopped');
    door.call(DELIVERED);
    expect(door.gate.state.kind).toBe('delivering');
  });
});

describe('a configuration fault (P7)', () => {
  it('stops at once, says why, and probes every 5 s, then less often, up to a minute', () => {
    const door = new Door().call(UNAUTHORIZED);
    expect(door.gate.state).toEqual({
      kind: 'stopped',
      reason: 'configuration',
      code: 'invalid_access_token',
      status: 401,
      sinceWallMs: 0,
    });
    for (const interval of [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]) {
      expect(door.pass(interval - 1).isOpen).toBe(false);
      door.pass(1).call(UNAUTHORIZED);
    }
    expect(door.gate.state).toMatchObject({ sinceWallMs: 0 });
    door.pass(60_000).call(DELIVERED);
    expect(door.gate.state.kind).toBe('delivering');
  });

  it('allows no dead letters while it lasts', () => {
    const door = new Door().call(UNAUTHORIZED);
    expect(door.gate.deadLettersAllowed).toBe(false);
    door.pass(5_000).call(DELIVERED);
    expect(door.gate.deadLettersAllowed).toBe(true);
  });

  it('does not go beyond the limit for a probe either, while calls of before it have not ended', () => {
    const door = new Door({ maxConcurrency: 2 });
    const hanging = door.start();
    door.call(UNAUTHORIZED);
    door.gate.setShare(0.5);
    door.pass(5_000);
    expect(door.isOpen).toBe(false);
    door.end(hanging, SERVER_ERROR);
    expect(door.isOpen).toBe(true);
  });

  it('is not lifted by the answer to a call of before it', () => {
    const door = new Door();
    const early = door.start();
    door.call(UNAUTHORIZED);
    door.end(early, DELIVERED);
    expect(door.gate.state).toMatchObject({ kind: 'stopped', reason: 'configuration' });
  });

  it('is not prolonged by the failure of a call of before it', () => {
    const door = new Door();
    const early = [door.start(), door.start()];
    door.call(UNAUTHORIZED);
    for (const permit of early) door.end(permit, UNAUTHORIZED);
    expect(door.pass(5_000).isOpen).toBe(true);
  });

  it('ends with an answer about the probe itself: the way is proven', () => {
    expect(new Door().call(UNAUTHORIZED).pass(5_000).call(REFUSED).gate.state.kind).toBe('delivering');
  });

  it('takes over from an outage', () => {
    const door = new Door().outage().pass(1_000).call(UNAUTHORIZED);
    expect(door.gate.state).toMatchObject({ reason: 'configuration' });
    expect(door.pass(4_999).isOpen).toBe(false);
  });

  it('ends when an operator says so', () => {
    const door = new Door().call(UNAUTHORIZED);
    door.gate.resume();
    expect(door.isOpen).toBe(true);
  });
});

describe('a burst of dead letters (P7)', () => {
  function refuse(door: Door, count: number): Door {
    for (let i = 0; i < count; i++) door.call(REFUSED, `u${i}`);
    return door;
  }

  it('stops delivery at the fiftieth when nothing is answered well', () => {
    const door = refuse(new Door(), 49);
    expect(door.gate.state.kind).toBe('delivering');
    refuse(door, 1);
    expect(door.gate.state).toMatchObject({ kind: 'stopped', reason: 'dead-letter-burst', code: 'validation_error' });
    expect(door.gate.deadLettersAllowed).toBe(false);
  });

  it('is none while more than half is answered well', () => {
    const door = new Door();
    for (let i = 0; i < 400; i++) door.call(DELIVERED).call(REFUSED);
    expect(door.gate.state.kind).toBe('delivering');
  });

  it('goes by the last 200 answers', () => {
    const door = new Door();
    for (let i = 0; i < 1_000; i++) door.call(DELIVERED);
    refuse(door, 100);
    expect(door.gate.state.kind).toBe('delivering');
    refuse(door, 1);
    expect(door.gate.state.kind).toBe('stopped');
  });

  it('counts on through an outage that ends with a refusal', () => {
    const door = refuse(new Door(), 40).outage().pass(1_000);
    refuse(door, 9);
    expect(door.gate.state.kind).toBe('delivering');
    refuse(door, 1);
    expect(door.gate.state).toMatchObject({ reason: 'dead-letter-burst' });
  });

  it('goes on while the probe is refused, and begins to count anew after a good answer', () => {
    const door = refuse(new Door(), 50).pass(5_000);
    refuse(door, 1);
    expect(door.gate.state).toMatchObject({ reason: 'dead-letter-burst' });
    expect(door.pass(9_999).isOpen).toBe(false);
    door.pass(1).call(DELIVERED);
    refuse(door, 49);
    expect(door.gate.state.kind).toBe('delivering');
  });
});

describe("an operator's stop", () => {
  const STOP = { sinceWallMs: 7, note: 'wrong programme' };

  it('lets no call go, however long it lasts, and says why', () => {
    const door = new Door();
    door.gate.stopByOperator(STOP);
    expect(door.gate.state).toEqual({ kind: 'stopped', reason: 'operator', sinceWallMs: 7, note: 'wrong programme' });
    expect(door.gate.nextCallAt(door.pass(86_400_000).now)).toBeUndefined();
  });

  it('ends with a resume, and with nothing else: not with a good answer to a call of before it', () => {
    const door = new Door();
    const early = door.start();
    door.gate.stopByOperator(STOP);
    door.end(early, DELIVERED);
    expect(door.gate.state).toMatchObject({ reason: 'operator' });
    door.gate.resume();
    expect(door.gate.state).toEqual({ kind: 'delivering' });
    expect(door.isOpen).toBe(true);
  });

  it('lets one call go for each probe, and stays whatever the answer is', () => {
    const door = new Door();
    door.gate.stopByOperator(STOP);
    for (const verdict of [DELIVERED, UNAUTHORIZED, DELIVERED]) {
      door.gate.probe(door.now);
      const probe = door.start();
      expect(door.isOpen).toBe(false);
      door.end(probe, verdict);
      expect(door.gate.state).toMatchObject({ reason: 'operator' });
      expect(door.isOpen).toBe(false);
    }
  });

  it('lets an event of later be no probe: one that finds nothing to send is over after ten seconds', () => {
    const door = new Door();
    door.gate.stopByOperator(STOP);
    door.gate.probe(door.now);
    expect(door.pass(9_999).isOpen).toBe(true);
    expect(door.pass(1).gate.nextCallAt(door.now)).toBeUndefined();
  });

  it('hides no fault of the account, and lets none be probed', () => {
    const door = new Door().call(UNAUTHORIZED);
    door.gate.stopByOperator(STOP);
    expect(door.gate.state).toMatchObject({ reason: 'operator', fault: { reason: 'configuration', status: 401 } });
    expect(door.pass(60_000).gate.nextCallAt(door.now)).toBeUndefined();
    door.gate.probe(door.now);
    door.call(DELIVERED);
    expect(door.gate.state).not.toHaveProperty('fault');
  });

  it('uses up no time of the events that wait', () => {
    const door = new Door().call(DELIVERED);
    door.gate.stopByOperator(STOP);
    for (let i = 0; i < 3; i++) {
      door.pass(60_000).gate.probe(door.now);
      door.call(DELIVERED);
    }
    expect(door.gate.healthyMs).toBe(0);
  });
});

describe("an operator's probe of an account at fault", () => {
  it('goes at once instead of at its time', () => {
    const door = new Door().call(UNAUTHORIZED).pass(5_000).call(UNAUTHORIZED);
    expect(door.isOpen).toBe(false);
    door.gate.probe(door.now);
    door.call(DELIVERED);
    expect(door.gate.state).toEqual({ kind: 'delivering' });
  });

  it('is none where nothing is wrong', () => {
    const door = new Door();
    door.gate.probe(door.now);
    expect(door.gate.state).toEqual({ kind: 'delivering' });
  });
});

describe('the last failed call', () => {
  it('is remembered with its code and time, and good answers do not hide it', () => {
    const door = new Door().pass(5).call(SERVER_ERROR).pass(5).call(DELIVERED);
    expect(door.gate.lastFailure).toEqual({ code: 'server_error', status: 500, atWallMs: 5 });
    expect(new Door().call(DELIVERED).gate.lastFailure).toBeUndefined();
  });
});

describe('healthy time', () => {
  it('passes between good answers', () => {
    const door = new Door().call(DELIVERED).pass(10_000).call(DELIVERED).pass(10_000).call(REFUSED);
    expect(door.gate.healthyMs).toBe(20_000);
  });

  it('does not pass while nothing is answered well', () => {
    expect(new Door().call(DELIVERED).pass(3_600_000).call(SERVER_ERROR).gate.healthyMs).toBe(0);
  });

  it('does not pass while the account is stopped', () => {
    const door = new Door().call(DELIVERED).call(UNAUTHORIZED).pass(50_000).call(DELIVERED);
    expect(door.gate.healthyMs).toBe(0);
  });

  it('is vouched for by an answer for a minute at most', () => {
    expect(new Door().call(DELIVERED).pass(3_600_000).call(DELIVERED).gate.healthyMs).toBe(60_000);
  });
});
