import type { HashedSubject } from '#segment';
import { Fifo } from './fifo.ts';
import type { HeldRecord } from './held-record.ts';
import { Lane } from './lane.ts';
import type { Millis } from '../now.ts';
import { TimerHeap } from './timer-heap.ts';

/**
 * What a lane needs next: events of the live log come before replayed ones; erasures have a gate of their own. A replayed head that has a
 * live event behind it is an `event`: were it to wait until no user has anything live, that user's live event would wait with it.
 * Identifies that set parameters on persons have a gate of their own too: an event comes to it after its turn among the events, when it is known
 * to be no repeat, and is a `step` once Extole has taken it.
 */
export type Turn = EventTurn | 'erasure';
export type EventTurn = 'event' | 'replay' | 'step' | 'identify' | 'replayed-identify';

/** The lanes of a partition, and which of them may have its head dispatched next. */
export class LaneSchedule {
  private readonly lanes = new Map<HashedSubject, Lane>();
  private readonly ready: Record<Turn, Fifo<Lane>> = {
    event: new Fifo(),
    erasure: new Fifo(),
    replay: new Fifo(),
    step: new Fifo(),
    identify: new Fifo(),
    'replayed-identify': new Fifo(),
  };
  private readonly waiting = new TimerHeap<{ readonly lane: Lane; readonly wait: number }>();

  get size(): number {
    return this.lanes.size;
  }

  get waitingCount(): number {
    return this.waiting.size;
  }

  /** When a waiting lane is due next, on the monotonic clock. */
  get nextDueAt(): Millis | undefined {
    return this.waiting.nextAt;
  }

  lane(subject: HashedSubject): Lane | undefined {
    return this.lanes.get(subject);
  }

  /** Adds a record behind all that its subject has. */
  append(held: HeldRecord, subject: HashedSubject): void {
    const lane = this.lanes.get(subject);
    if (lane !== undefined) {
      const turn = turnOf(lane);
      lane.push(held);
      // It stands where it stood as well; there its turn is over.
      if (lane.state === 'queued' && turnOf(lane) !== turn) this.enqueue(lane);
      return;
    }
    const opened = new Lane(held.record.subject, subject);
    opened.push(held);
    this.lanes.set(subject, opened);
    this.enqueue(opened);
  }

  hasReady(turn: Turn): boolean {
    return this.ready[turn].length > 0;
  }

  /** How many lanes are ready for a turn, or a few less than it says: one that a deletion has emptied may still be counted. */
  readyCount(turn: Turn): number {
    return this.ready[turn].length;
  }

  /** The next lane whose head is of this turn. */
  take(turn: Turn): { readonly lane: Lane; readonly head: HeldRecord } | undefined {
    for (let lane = this.ready[turn].shift(); lane !== undefined; lane = this.ready[turn].shift()) {
      const { head } = lane;
      // A deletion may have emptied the lane or changed its head while it stood here; it stands where it belongs as well.
      if (head !== undefined && lane.state === 'queued' && turnOf(lane) === turn) return { lane, head };
    }
    return undefined;
  }

  /** Puts a lane whose head has changed or ended its wait where its head belongs; closes it if it has none. */
  requeue(lane: Lane): void {
    if (lane.head === undefined) this.close(lane);
    else this.enqueue(lane);
  }

  private close(lane: Lane): void {
    // Its timer may still run: it must not take the lane for waiting, and close the subject's next one.
    lane.state = 'queued';
    this.lanes.delete(lane.hash);
  }

  wait(lane: Lane, until: Millis): void {
    lane.state = 'waiting';
    lane.wait++;
    this.waiting.add(until, { lane, wait: lane.wait });
  }

  /** Ends the waits that are due. */
  wake(now: Millis): void {
    for (let due = this.waiting.takeDue(now); due !== undefined; due = this.waiting.takeDue(now)) {
      if (due.lane.state === 'waiting' && due.lane.wait === due.wait) this.requeue(due.lane);
    }
  }

  private enqueue(lane: Lane): void {
    const turn = turnOf(lane);
    if (turn === undefined) return;
    lane.state = 'queued';
    this.ready[turn].push(lane);
  }
}

function turnOf({ head, holdsLive }: Lane): Turn | undefined {
  if (head === undefined) return undefined;
  if (head.steps?.begun === true) return 'step';
  const isReplayed = head.replay !== undefined && !holdsLive;
  if (head.steps !== undefined) return isReplayed ? 'replayed-identify' : 'identify';
  if (head.replay !== undefined) return isReplayed ? 'replay' : 'event';
  return head.record.type === 'delete' ? 'erasure' : 'event';
}
