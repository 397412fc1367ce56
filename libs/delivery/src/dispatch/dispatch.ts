import type { CallPermit } from '../account/account-gate.ts';
import type { Deletions } from '../deletion/deletions.ts';
import type { Intake } from '../driver/intake.ts';
import type { Answers } from '../endings/answers.ts';
import type { Endings } from '../endings/endings.ts';
import type { HeldRecord } from '../lanes/held-record.ts';
import type { EventTurn, LaneSchedule } from '../lanes/lane-schedule.ts';
import type { Lane } from '../lanes/lane.ts';
import type { Now } from '../now.ts';
import type { PersonParameter } from '../persons/person-step.ts';
import { PersonSteps } from '../persons/person-steps.ts';
import type { ReplayEnds } from '../replay/replay-ends.ts';
import type { Calls } from './calls.ts';
import { fateOf, type Known } from './fate.ts';

export interface DispatchOptions {
  readonly known: Known;
  readonly schedule: LaneSchedule;
  readonly intake: Intake;
  readonly calls: Calls;
  readonly endings: Endings;
  readonly answers: Answers;
  readonly deletions: Deletions;
  readonly replays: ReplayEnds;
}

/** Takes the heads of ready lanes, one after the other, and carries out their fate. */
export class Dispatch {
  constructor(private readonly options: DispatchOptions) {}

  /**
   * Works through ready lanes until one event needs a call, which it then decides; events that need none (duplicates, filtered)
   * end on the way, up to `evaluations` of them.
   *
   * @returns how many were evaluated, and whether a call was decided.
   */
  events(turn: EventTurn, now: Now, permit: () => CallPermit, evaluations: number): { evaluated: number; called: boolean } {
    const { calls, schedule, intake } = this.options;
    let evaluated = 0;
    while (evaluated < evaluations && calls.mayStart(now)) {
      const next = schedule.take(turn);
      if (next === undefined) break;
      evaluated++;
      if (this.event(next.lane, next.head, now, permit)) return { evaluated, called: true };
    }
    // What a former owner's late facts have ended is held no longer, and nothing else will say so.
    if (evaluated > 0) intake.adjust();
    return { evaluated, called: false };
  }

  /** Decides the next erasure; false if none is ready. */
  erasure(now: Now, permit: () => CallPermit): boolean {
    const { calls, schedule, deletions } = this.options;
    while (calls.mayStart(now)) {
      const next = schedule.take('erasure');
      if (next === undefined) return false;
      if (deletions.awaitsNotice(next.lane, next.head, now)) continue;
      if (calls.erasure(next.lane, next.head, now, permit)) return true;
    }
    return false;
  }

  /** @returns whether a call was decided. */
  private event(lane: Lane, held: HeldRecord, now: Now, permit: () => CallPermit): boolean {
    const { known, calls, endings, replays } = this.options;
    const fate = fateOf(held, lane.hash, known);
    switch (fate.kind) {
      case 'call':
        return calls.event(lane, held, now, permit);
      case 'steps':
        return this.step(lane, held, fate.parameters, now, permit);
      case 'end':
        endings.finish(lane, held, fate.outcome, now, fate.facts);
        return false;
      case 'skip':
        replays.skipped(held);
        endings.drop(lane, held);
        return false;
      case 'ended':
        endings.drop(lane, held);
        return false;
    }
  }

  /** The next call of an identify that sets its parameters on the person; true unless it has to wait for its gate's turn. */
  private step(
    lane: Lane,
    held: HeldRecord,
    parameters: readonly PersonParameter[],
    now: Now,
    permit: () => CallPermit,
  ): boolean {
    const { calls, answers, schedule } = this.options;
    const { steps } = held;
    if (steps === undefined) {
      held.steps = new PersonSteps({ ...held.request, parameters });
      schedule.requeue(lane);
      return false;
    }
    const step = steps.next;
    if (step !== undefined) return calls.step(lane, held, step, now, permit);
    answers.stepsEnded(lane, held, steps, now);
    return false;
  }
}
