import { Accounts } from './account.ts';
import { DEFAULT_BEHAVIOUR, type Behaviour } from './behaviour.ts';
import { Faults } from './faults.ts';
import { InFlight } from './in-flight.ts';
import { Ledger, type LedgerBounds } from './ledger.ts';
import { RateLimits } from './rate-limits.ts';

/** Everything that the simulator knows: what calls have done to it, and how it is to behave. */
export class Simulation {
  readonly inFlight = new InFlight();
  private readonly initial: Behaviour;
  private currentBehaviour: Behaviour;
  accounts: Accounts;
  ledger: Ledger;
  limits = new RateLimits();
  faults: Faults;

  constructor(
    tokens: readonly string[],
    behaviour: Partial<Behaviour>,
    private readonly bounds: LedgerBounds,
  ) {
    this.initial = { ...DEFAULT_BEHAVIOUR, tokens, ...behaviour };
    this.currentBehaviour = this.initial;
    this.accounts = new Accounts(this.initial.tokens);
    this.ledger = new Ledger(bounds);
    this.faults = new Faults(this.initial.faults);
  }

  get behaviour(): Behaviour {
    return this.currentBehaviour;
  }

  /** Changes what is given and leaves the rest; given faults replace all former ones and count from zero. */
  change(change: Partial<Behaviour>): void {
    this.currentBehaviour = { ...this.currentBehaviour, ...change };
    if (change.faults !== undefined) this.faults = new Faults(change.faults);
    if (change.tokens !== undefined) this.accounts.accept(change.tokens);
    if (change.enforceRateLimits !== undefined) this.limits = new RateLimits();
  }

  /** As after a start. Calls in flight go on, but are in no ledger any more. */
  reset(): void {
    this.currentBehaviour = this.initial;
    this.accounts = new Accounts(this.initial.tokens);
    this.ledger = new Ledger(this.bounds);
    this.limits = new RateLimits();
    this.faults = new Faults(this.initial.faults);
  }
}
