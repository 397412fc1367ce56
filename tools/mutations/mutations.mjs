/**
 * Ways in which the core could come to break a promise: each a change of a few words, as a slip or a well-meant simplification would
 * make it. The tests have to notice every one of them.
 *
 * @typedef {{ file: string, find: string, replace: string }} Edit `find` stands exactly once in `file` (below libs/delivery/src).
 * @typedef {{ name: string, promise: string, edits: Edit[] }} Mutation
 */

const DRIVER = 'driver/partition-driver.ts';
const ARRIVALS = 'driver/arrivals.ts';
const INTAKE = 'driver/intake.ts';
const DISPATCH = 'dispatch/dispatch.ts';
const FATE = 'dispatch/fate.ts';
const CALLS = 'dispatch/calls.ts';
const ANSWERS = 'endings/answers.ts';
const CONCLUSIONS = 'endings/conclusions.ts';
const DELETIONS = 'deletion/deletions.ts';
const SOURCE = 'source-delivery.ts';
const MEMBERSHIP = 'group/membership.ts';
const GATE = 'account/account-gate.ts';
const BARRIER = 'deletion/deletion-barrier.ts';
const REPEATS = 'dispatch/repeats.ts';
const STATE = 'state/partition-state.ts';
const CHECKPOINT = 'state/checkpoint.ts';
const LOG_PLACE = 'log-place/log-place.ts';
const KNOWN = 'log-place/known-records.ts';

/** @type {Edit} */
const BARRIER_NOT_ASKED_BEFORE_THE_CALL = {
  file: FATE,
  find: 'if (record.offset < deletion) return ERASED;',
  replace: '',
};
const STEPS = 'persons/person-steps.ts';

/** @type {Mutation[]} */
export const MUTATIONS = [
  {
    name: 'a log is known by its end alone',
    promise: 'P1',
    edits: [{ file: LOG_PLACE, find: 'witness.offset >= start && !isSame(witness, standing)', replace: 'false' }],
  },
  {
    name: 'a log that became shorter is the same',
    promise: 'P1',
    edits: [{ file: LOG_PLACE, find: "if (end < known) return { kind: 'shorter', end, known };", replace: '' }],
  },
  {
    name: 'an outcome of a former log finishes a record of the present one',
    promise: 'P1',
    edits: [{ file: STATE, find: 'if (isHere) this.finished(', replace: 'this.finished(' }],
  },
  {
    name: 'a checkpoint of a former log is used',
    promise: 'P1',
    edits: [{ file: CHECKPOINT, find: "if (header.log !== breaks.log) return unusable('another-log');", replace: '' }],
  },
  {
    name: 'another log begins behind the first record that differs',
    promise: 'P1',
    edits: [
      {
        file: KNOWN,
        find: 'if (isSame === false) this.broken = record.offset;',
        replace: 'if (isSame === false) this.broken = this.agreedNext = record.offset;',
      },
    ],
  },
  {
    name: 'what is gone and was not done is not missed',
    promise: 'P1',
    edits: [{ file: LOG_PLACE, find: 'if (missing > 0 && next < start)', replace: 'if (missing < 0)' }],
  },
  {
    name: 'an answer of before a rejoin is taken in, with a hole before it',
    promise: 'P1',
    edits: [{ file: DRIVER, find: 'if (from > this.intake.arrivedNext) return false;', replace: '' }],
  },
  {
    name: 'the end of a transaction at the end of the log is waited for',
    promise: 'P2',
    edits: [{ file: DRIVER, find: 'this.intake.passTo(next);', replace: '' }],
  },
  {
    name: 'a key enters the state before its outcome is written',
    promise: 'P4',
    edits: [
      {
        file: CONCLUSIONS,
        find: `if (name === 'delivered' && record.type !== 'delete') repeats.delivered(outcome);`,
        replace: `if (name === 'delivered' && record.type !== 'delete') this.options.state.applyOutcome(outcome, now.wallMs);`,
      },
    ],
  },
  {
    name: 'a key is known only once its outcome is written',
    promise: 'P4',
    edits: [
      {
        file: REPEATS,
        find: 'if (outcome.messageKey !== undefined) this.unwrittenKeys.set(outcome.messageKey, offset);',
        replace: '',
      },
    ],
  },
  {
    name: 'repeats of a message are not looked for',
    promise: 'P4',
    edits: [
      {
        file: REPEATS,
        find: 'const sameMessage = this.deliveredWith(evaluation.messageKey);',
        replace: 'const sameMessage: Offset | undefined = undefined;',
      },
    ],
  },
  {
    name: 'a partner key counts beyond the deletion of its user',
    promise: 'P4',
    edits: [{ file: REPEATS, find: 'sameKey !== undefined && sameKey > latestDeletion', replace: 'sameKey !== undefined' }],
  },
  {
    name: 'the frontier moves when an event is called',
    promise: 'P8',
    edits: [
      {
        file: DISPATCH,
        find: 'return calls.event(lane, held, now, permit);',
        replace: 'known.frontier.finish(held.record.offset); return calls.event(lane, held, now, permit);',
      },
    ],
  },
  {
    name: 'the frontier moves when an outcome is decided',
    promise: 'P8',
    edits: [
      {
        file: CONCLUSIONS,
        find: 'inDoubt.outcomeDecided(attempts);',
        replace: 'inDoubt.outcomeDecided(attempts); this.options.state.frontier.finish(record.offset);',
      },
    ],
  },
  {
    name: 'the frontier passes what is unfinished',
    promise: 'P8',
    edits: [
      {
        file: 'state/commit-frontier.ts',
        find: 'this.finished.firstMissing(this.next)',
        replace: 'Math.max(this.next, this.finished.highest + 1)',
      },
    ],
  },
  {
    name: 'an evaluation that throws ends the process',
    promise: 'P6',
    edits: [{ file: FATE, find: 'evaluated(evaluate, held, subject)', replace: 'evaluate(record, subject)' }],
  },
  {
    name: 'a deletion goes by time instead of position',
    promise: 'P5',
    edits: [{ file: BARRIER, find: 'return offset < this.latest(subject);', replace: 'return this.latest(subject) >= 0;' }],
  },
  {
    name: 'a deletion is not raised on what is queued',
    promise: 'P5',
    edits: [
      {
        file: DELETIONS,
        find: `const inFlight = lane.state === 'in-flight' ? lane.head : undefined;`,
        replace: 'if (lane !== undefined) return; const inFlight = undefined;',
      },
    ],
  },
  {
    name: 'the barrier is asked neither in the queue nor before the call',
    promise: 'P5',
    edits: [
      {
        file: DELETIONS,
        find: `held.record.offset < deletion &&`,
        replace: `held.record.offset < 0 * deletion &&`,
      },
      BARRIER_NOT_ASKED_BEFORE_THE_CALL,
    ],
  },
  {
    name: 'deletions are learnt from the events topic only',
    promise: 'P5',
    edits: [
      { file: BARRIER, find: 'this.state.applyDeletion(notice, appendedAt);', replace: '' },
      { file: DELETIONS, find: 'this.eraseQueued(notice.subject, notice.offset, now);', replace: '' },
    ],
  },
  {
    name: 'an erasure goes out before its notice is in the topic',
    promise: 'P5',
    edits: [
      {
        file: DELETIONS,
        find: 'if (barrier.isAnnounced(lane.hash, held.record.offset)) {',
        replace: 'if (barrier !== undefined) {',
      },
    ],
  },
  {
    name: 'a missing notice is not made up for',
    promise: 'P5',
    edits: [
      {
        file: DELETIONS,
        find: `if (held.notice === 'awaited') this.announce(lane.hash, held.record.offset, held.record.receivedAt);`,
        replace: '',
      },
    ],
  },
  {
    name: 'swapped notices are left as they are',
    promise: 'P5',
    edits: [{ file: DELETIONS, find: 'this.announce(notice.subject, arrival.latest, notice.requestedAt);', replace: '' }],
  },
  {
    name: 'no proof is asked for that all deletions are known',
    promise: 'P5',
    edits: [
      {
        file: BARRIER,
        find: 'return this.provenAt !== undefined && now - this.provenAt <= this.lagBoundMs;',
        replace: 'return now >= 0;',
      },
    ],
  },
  {
    name: 'an old proof that all deletions are known is good for ever',
    promise: 'P5',
    edits: [
      {
        file: BARRIER,
        find: 'return this.provenAt !== undefined && now - this.provenAt <= this.lagBoundMs;',
        replace: 'return this.provenAt !== undefined && now >= 0;',
      },
    ],
  },
  {
    name: 'a user is free again while a call is in flight',
    promise: 'P3',
    edits: [{ file: CALLS, find: `lane.state = 'in-flight';`, replace: '' }],
  },
  {
    name: 'a failed event goes behind its user’s next one',
    promise: 'P3',
    edits: [
      {
        file: ANSWERS,
        find: 'return endings.retryLater(lane, held, now, retryAfterMs);',
        replace: 'lane.shift(); lane.push(held); return endings.retryLater(lane, held, now);',
      },
    ],
  },
  {
    name: 'a former ownership’s answers reach the present one',
    promise: 'P3',
    edits: [
      {
        file: SOURCE,
        find: 'return driver?.generation === generation ? driver : this.leaving',
        replace: 'return driver ?? this.leaving',
      },
    ],
  },
  {
    name: 'a partition that was given up goes on calling',
    promise: 'P8',
    edits: [{ file: CALLS, find: 'return !this.revoked && inDoubt.unwritten', replace: 'return inDoubt.unwritten' }],
  },
  {
    name: 'a partition that was given up goes on committing',
    promise: 'P8',
    edits: [{ file: DRIVER, find: 'return this.calls.isRevoked || committable', replace: 'return committable' }],
  },
  {
    name: 'a member without a lease goes on calling',
    promise: 'P8',
    edits: [{ file: SOURCE, find: 'if (!this.holdsLease(now)) return wake(this.withdrawAt(now));', replace: '' }],
  },
  {
    name: 'calls for what may be another’s by now go on',
    promise: 'P3',
    edits: [{ file: SOURCE, find: "this.outbox.put({ kind: 'withdraw-calls' });", replace: '' }],
  },
  {
    name: 'calls are given up while the group changes, though it knows us',
    promise: 'P4',
    edits: [{ file: MEMBERSHIP, find: 'else holder.keepUntil(until);', replace: '' }],
  },
  {
    name: 'a member that has missed a generation goes on with what it had',
    promise: 'P4',
    edits: [{ file: MEMBERSHIP, find: ' && generation - place.generation <= 1', replace: '' }],
  },
  {
    name: 'a member that was given up goes on with what it had',
    promise: 'P4',
    edits: [{ file: MEMBERSHIP, find: 'memberId === place?.memberId &&', replace: 'place !== undefined &&' }],
  },
  {
    name: 'a lease as long as the session',
    promise: 'P8',
    edits: [
      { file: MEMBERSHIP, find: 'this.sessionTimeoutMs - LEASE_MARGIN_MS', replace: 'this.sessionTimeoutMs + LEASE_MARGIN_MS' },
    ],
  },
  {
    name: 'a refusal that a former owner hears late is its last word',
    promise: 'P2',
    edits: [{ file: SOURCE, find: 'isOurs ? verdict : noMoreOurs(verdict)', replace: 'verdict' }],
  },
  {
    name: 'partitions wait for the outcomes of one that Kafka does not take any of',
    promise: 'P6',
    edits: [
      {
        file: SOURCE,
        find: 'for (const driver of this.ownedDrivers) if (!driver.isStalled(now)) sum',
        replace: 'for (const driver of this.ownedDrivers) sum',
      },
    ],
  },
  {
    name: 'a partition that Kafka takes no outcomes of is called on',
    promise: 'P4',
    edits: [{ file: DRIVER, find: ' && !this.isStalled(now)', replace: '' }],
  },
  {
    name: 'a call that we gave up counts as a failure of Extole',
    promise: 'P6',
    edits: [{ file: GATE, find: 'if (isWithdrawn(verdict)) return this.withdrawn();', replace: '' }],
  },
  {
    name: 'Retry-After not minded by what may not be given up yet',
    promise: 'P6',
    edits: [
      {
        file: ANSWERS,
        find: 'else endings.retryLater(lane, held, now, retryAfterMs);',
        replace: 'else endings.retryLater(lane, held, now);',
      },
    ],
  },
  {
    name: 'the end of a lost partition’s last, failed call is not noticed',
    promise: 'P2',
    edits: [
      {
        file: SOURCE,
        find: `// A failed last call has no outcome to wait for, and whoever takes the partition up again waits for its end.
    if (driver?.isQuiet) this.leaving.delete(keyOf(driver));`,
        replace: '',
      },
    ],
  },
  {
    name: 'late facts of a former owner do not stop a call',
    promise: 'P4',
    edits: [
      {
        file: FATE,
        find: 'if (replay === undefined && frontier.isFinished(record.offset)) return ENDED;',
        replace: '',
      },
    ],
  },
  {
    name: 'the bound on what is in doubt is gone',
    promise: 'P4',
    edits: [{ file: SOURCE, find: 'this.inDoubtBound = 2 * Math.max(1,', replace: 'this.inDoubtBound = Infinity * Math.max(1,' }],
  },
  {
    name: 'a checkpoint claims outcomes that it has not read',
    promise: 'P4',
    edits: [{ file: CONCLUSIONS, find: 'if (at.offset === state.outcomesNext)', replace: 'if (at !== undefined)' }],
  },
  {
    name: 'a checkpoint is used although the group was moved back',
    promise: 'P4',
    edits: [
      {
        file: 'state/checkpoint.ts',
        find: `if (committed !== undefined && committed < header.committed) return unusable('moved-back');`,
        replace: '',
      },
    ],
  },
  {
    name: 'the retry budget counts wall time',
    promise: 'P7',
    edits: [
      {
        file: ANSWERS,
        find: 'if (this.hasUsedUpItsBudget(held, gate))',
        replace: 'if (now.monotonicMs - (held.failingSinceHealthyMs ??= now.monotonicMs) >= this.options.maxAttemptAgeMs)',
      },
    ],
  },
  {
    name: 'Retry-After is not minded',
    promise: 'P6',
    edits: [
      {
        file: 'endings/retry-policy.ts',
        find: 'Math.max(retryAfterMs, Math.ceil(ceiling * random))',
        replace: 'Math.ceil(ceiling * random)',
      },
    ],
  },
  {
    name: 'events are dead-lettered while the account is stopped',
    promise: 'P7',
    edits: [{ file: GATE, find: 'return this.stop === undefined;', replace: 'return true;' }],
  },
  {
    name: 'a configuration fault stops nothing',
    promise: 'P7',
    edits: [
      { file: GATE, find: `this.halt('configuration', verdict.code, verdict.status, now, wallMs, PROBE_FIRST_MS);`, replace: '' },
    ],
  },
  {
    name: 'the gate lets everything through while it is stopped',
    promise: 'P7',
    edits: [
      {
        file: GATE,
        find: 'else if (this.stop !== undefined && this.stop.probeAt > now) {',
        replace: 'else if (false) {',
      },
    ],
  },
  {
    name: 'a probe is not alone',
    promise: 'P7',
    edits: [{ file: GATE, find: 'if (this.stop) this.stop.probing = true;', replace: '' }],
  },
  {
    name: 'answers to calls of before a stop lift it',
    promise: 'P7',
    edits: [{ file: GATE, find: 'if (this.stop && permit.epoch !== this.epoch) return;', replace: '' }],
  },
  {
    name: 'a burst of dead letters stops nothing',
    promise: 'P7',
    edits: [
      { file: 'account/dead-letter-burst.ts', find: 'return this.dead >= AT_LEAST', replace: 'return this.dead > Infinity' },
    ],
  },
  {
    name: 'one failing user opens the circuit breaker',
    promise: 'P6',
    edits: [{ file: GATE, find: '|| this.failingSubjects.size < BREAKER_SUBJECTS) return;', replace: ') return;' }],
  },
  {
    name: 'the intake is never paused',
    promise: 'P9',
    edits: [{ file: INTAKE, find: 'return share >= (wasOver ? RESUME_BELOW_SHARE : 1);', replace: 'return false;' }],
  },
  {
    name: 'the outcomes of a deleted user’s backlog have no bound',
    promise: 'P9',
    edits: [{ file: INTAKE, find: 'this.inDoubt.unwritten / maxUnwrittenOutcomes,', replace: '' }],
  },
  {
    name: 'what a former owner has finished further ahead pauses the intake',
    promise: 'P9',
    edits: [{ file: INTAKE, find: 'Math.min(lead, this.next - committable) / maxLead', replace: 'lead / maxLead' }],
  },
  {
    name: 'late facts that end everything held leave the intake paused',
    promise: 'P9',
    edits: [{ file: DISPATCH, find: 'if (evaluated > 0) intake.adjust();', replace: '' }],
  },
  {
    name: 'a notice that compaction took unread is not written again',
    promise: 'P5',
    edits: [
      {
        file: DELETIONS,
        find: `held.notice === 'awaited' ? 'repaired' : 'awaited'`,
        replace: `held.notice === undefined ? 'awaited' : 'repaired'`,
      },
    ],
  },
  {
    name: 'a further notice cuts the backoff of an erasure short',
    promise: 'P6',
    edits: [{ file: DELETIONS, find: '      held.notice = undefined;\n      return false;', replace: '      return false;' }],
  },
  {
    name: 'a further deletion cuts the backoff of an erasure short',
    promise: 'P6',
    edits: [{ file: DELETIONS, find: 'if (lane.head !== head) schedule', replace: 'if (inFlight === undefined) schedule' }],
  },
  {
    name: 'the dedup window goes by the clock that decided the outcome',
    promise: 'P4',
    edits: [
      {
        file: STATE,
        find: 'this.seen.add(outcome.messageKey, offset, appendedAt)',
        replace: 'this.seen.add(outcome.messageKey, offset, Date.parse(outcome.at))',
      },
    ],
  },
  {
    name: 'a refused probe forgets the refusals before it',
    promise: 'P7',
    edits: [
      {
        file: GATE,
        find: '    this.stop = undefined;\n    this.resetFailures();',
        replace: '    if (this.stop) this.burst.reset();\n    this.stop = undefined;\n    this.resetFailures();',
      },
    ],
  },
  {
    name: 'steps: an identify is delivered with its event',
    promise: 'P2',
    edits: [
      { file: ANSWERS, find: 'if (steps.next === undefined) this.stepsEnded', replace: 'if (steps.begun) this.stepsEnded' },
    ],
  },
  {
    name: 'steps: a deletion in the middle does not stop the writes',
    promise: 'P5',
    edits: [
      {
        file: ANSWERS,
        find: `else if (barrier.covers(lane.hash, held.record.offset)) endings.finish(lane, held, 'erased', now, {});
    else schedule.requeue(lane);`,
        replace: 'else schedule.requeue(lane);',
      },
      BARRIER_NOT_ASKED_BEFORE_THE_CALL,
    ],
  },
  {
    name: 'steps: the user is free for the next event between two steps',
    promise: 'P3',
    edits: [
      {
        file: ANSWERS,
        find: `else schedule.requeue(lane);
  }

  stepsEnded`,
        replace: `else {
      lane.shift();
      lane.push(held);
      schedule.requeue(lane);
    }
  }

  stepsEnded`,
      },
    ],
  },
  {
    name: 'steps: an identify between two steps is not in doubt',
    promise: 'P4',
    edits: [{ file: 'driver/in-doubt.ts', find: 'this.calledUnwritten + this.betweenSteps;', replace: 'this.calledUnwritten;' }],
  },
  {
    name: 'steps: identifies take all that may be in doubt',
    promise: 'P6',
    edits: [{ file: SOURCE, find: 'begun >= this.inDoubtBound / 2 || ', replace: '' }],
  },
  {
    name: 'steps: a failed write passes for written',
    promise: 'P2',
    edits: [
      {
        file: STEPS,
        find: `      case 'rejected':
      case 'retry':`,
        replace: `      case 'retry':
        this.unwritten.shift();
        return true;
      case 'rejected':`,
      },
    ],
  },
  {
    name: 'steps: a failed step begins with the event again',
    promise: 'P4',
    edits: [
      {
        file: STEPS,
        find: 'if (leadsOn) this.failures = 0;',
        replace: 'if (leadsOn) this.failures = 0; else this.personId = undefined;',
      },
    ],
  },
  {
    name: 'steps: a value of another scope passes for PUBLIC',
    promise: 'P2',
    edits: [{ file: STEPS, find: `stored?.scope === 'PUBLIC' && stored.value`, replace: 'stored?.value' }],
  },
  {
    name: 'steps: everything is written, changed or not',
    promise: 'P4',
    edits: [
      { file: STEPS, find: 'stored.value === parameter.value) continue', replace: 'stored.value !== stored.value) continue' },
    ],
  },
  {
    name: 'steps: the pace is not shared by partitions',
    promise: 'P6',
    edits: [{ file: SOURCE, find: 'this.persons.setShare(this.share);', replace: '' }],
  },
  {
    name: 'steps: refused writes are dead-lettered during a burst',
    promise: 'P7',
    edits: [{ file: ANSWERS, find: 'persons.eventEnded(refusal, now.monotonicMs, now.wallMs);', replace: '' }],
  },
  {
    name: 'replay: an older profile goes over a newer one',
    promise: 'P3',
    edits: [{ file: FATE, find: `return end('stale', { event: evaluation.event });`, replace: 'return CALL;' }],
  },
  {
    name: 'replay: a lesser outcome replaces delivered',
    promise: 'P2',
    edits: [
      {
        file: 'replay/replay-ends.ts',
        find: `if (replay?.wasDelivered !== true || name === 'delivered') return false;`,
        replace: 'if (replay === undefined || name !== undefined) return false;',
      },
    ],
  },
  {
    name: 'replay: the deletion is asked about neither at the door nor before the call',
    promise: 'P5',
    edits: [
      {
        file: ARRIVALS,
        find: 'const isOvertaken = barrier.covers(subject, held.record.offset);',
        replace: 'const isOvertaken = held.replay === undefined && barrier.covers(subject, held.record.offset);',
      },
      BARRIER_NOT_ASKED_BEFORE_THE_CALL,
    ],
  },
  {
    name: 'replay: live events wait behind replayed ones',
    promise: 'P6',
    edits: [
      {
        file: SOURCE,
        find: `this.anyReady('event', now) ? 'event' : 'replay'`,
        replace: `this.anyReady('replay', now) ? 'replay' : 'event'`,
      },
    ],
  },
  {
    name: 'suppression ends with the next event',
    promise: 'P5',
    edits: [
      { file: BARRIER, find: `if (this.afterDeletion === 'accept') return false;`, replace: 'if (offset > 0) return false;' },
    ],
  },
  {
    name: 'a redelivery hands over what a deletion has ended',
    promise: 'P5',
    edits: [
      {
        file: 'replay/replay-request.ts',
        find: `candidate.outcome?.name === 'erased' ? 'erased' : 'replayed'`,
        replace: `'replayed'`,
      },
    ],
  },
  {
    name: 'a call is made whatever is wrong with it',
    promise: 'P5',
    edits: [{ file: CALLS, find: 'if (invariant === undefined) return false;', replace: 'return false;' }],
  },
  {
    name: 'a call is not asked about the barrier once more',
    promise: 'P5',
    edits: [
      {
        file: CALLS,
        find: "return this.options.barrier.covers(lane.hash, held.record.offset) ? 'call-below-deletion' : undefined;",
        replace: 'return undefined;',
      },
    ],
  },
  {
    name: 'an outcome that is not true is said all the same',
    promise: 'P2',
    edits: [{ file: CONCLUSIONS, find: "if (broken !== 'delivered-without-key') return false;", replace: '' }],
  },
  {
    name: 'a record ends twice',
    promise: 'P2',
    edits: [{ file: CONCLUSIONS, find: 'held.hasEnded = true;', replace: '' }],
  },
];
