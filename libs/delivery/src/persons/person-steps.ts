import type { CallEvaluation } from '../dispatch/evaluation.ts';
import { factsOf, type OutcomeFacts } from '../endings/build-outcome.ts';
import type { PersonParameter, PersonStep } from './person-step.ts';
import type { Verdict } from '../endings/verdict.ts';

/** Names that one read asks for, in characters of its query: proxies and servers take at least 4,000 of a URL. */
const READ_QUERY_CHARS = 2_000;
/** What a name costs in the query beside its own characters: `&names=`. */
const NAME_OVERHEAD_CHARS = 7;

type Refusal = Extract<Verdict, { kind: 'dead-letter' }>;

interface Write {
  readonly parameter: PersonParameter;
  exists: boolean;
  turnedAround: boolean;
}

/**
 * Where an identify stands that sets its parameters on the person (docs/adr/0012): the event, whose answer names the person; then, for so many
 * names at a time, what the person has of them, and a write for each that differs. One call at a time, the next decided by the answer.
 *
 * It remembers nothing beyond its own event: after a crash it begins again with the identical event, and the read finds what is written already.
 */
export class PersonSteps {
  /** Failed attempts since the last step that succeeded. */
  failures = 0;
  private personId: string | undefined;
  /** Names that are still to be read, in portions; the first portion is read next once nothing is left to write. */
  private readonly unread: PersonParameter[][];
  private readonly unwritten: Write[] = [];
  private readonly refused: Write[] = [];
  private eventFacts: OutcomeFacts = {};
  private refusal: Refusal | undefined;

  constructor(private readonly event: CallEvaluation & { readonly parameters: readonly PersonParameter[] }) {
    this.unread = portions(event.parameters);
  }

  /** Whether Extole has taken the event: from then on a crash repeats it, so it is in doubt until its outcome is written (P4). */
  get begun(): boolean {
    return this.personId !== undefined;
  }

  /** The next call; undefined once there is none left. */
  get next(): PersonStep | undefined {
    const { personId } = this;
    if (personId === undefined) return { kind: 'identify', body: this.event.body };
    const [write] = this.unwritten;
    if (write !== undefined) return { kind: 'write', personId, parameter: write.parameter, exists: write.exists };
    const [portion] = this.unread;
    return portion && { kind: 'read', personId, names: portion.map(({ name }) => name) };
  }

  /** How it ended, once no call is left: as the event did, unless a parameter was refused; the others are written all the same. */
  get end(): { readonly refusal: Refusal | undefined; readonly facts: OutcomeFacts } {
    const { refusal } = this;
    return { refusal, facts: refusal === undefined ? this.eventFacts : factsOf(refusal) };
  }

  /** Refused writes are to be tried again before they count. */
  tryRefusedAgain(): void {
    this.unwritten.push(...this.refused.splice(0));
    this.refusal = undefined;
  }

  /** Takes in how the present step's call ended. @returns whether that leads on; false: the step is the same as before. */
  take(verdict: Verdict): boolean {
    const [write] = this.unwritten;
    const leadsOn = write === undefined ? this.takeAnswer(verdict) : this.takeWritten(write, verdict);
    if (leadsOn) this.failures = 0;
    return leadsOn;
  }

  private takeAnswer(verdict: Verdict): boolean {
    if (verdict.kind !== 'delivered') return false;
    if (!this.begun) {
      if (verdict.personId === undefined) throw new Error('a synchronous event was delivered without naming its person');
      this.personId = verdict.personId;
      this.eventFacts = factsOf(verdict);
      return true;
    }
    for (const parameter of this.unread.shift() ?? []) {
      const stored = verdict.parameters?.get(parameter.name);
      if (stored?.scope === 'PUBLIC' && stored.value === parameter.value) continue;
      this.unwritten.push({ parameter, exists: stored !== undefined, turnedAround: false });
    }
    return true;
  }

  private takeWritten(write: Write, verdict: Verdict): boolean {
    switch (verdict.kind) {
      case 'delivered':
        this.unwritten.shift();
        return true;
      case 'dead-letter':
        this.unwritten.shift();
        this.refused.push(write);
        this.refusal ??= verdict;
        return true;
      case 'contradicted':
        // Once: a person who says both in turn is asked again after a wait.
        if (write.turnedAround) return false;
        write.turnedAround = true;
        write.exists = !write.exists;
        return true;
      case 'rejected':
      case 'retry':
      case 'stop':
        return false;
    }
  }
}

function portions(parameters: readonly PersonParameter[]): PersonParameter[][] {
  const all: PersonParameter[][] = [];
  let room = 0;
  for (const parameter of parameters) {
    const cost = encodeURIComponent(parameter.name).length + NAME_OVERHEAD_CHARS;
    if (cost > room) {
      all.push([]);
      room = READ_QUERY_CHARS;
    }
    all.at(-1)?.push(parameter);
    room -= cost;
  }
  return all;
}
