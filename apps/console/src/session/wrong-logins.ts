/** So many go at once: a human errs, and pastes the wrong line. */
const FREE = 5;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
const FORGOTTEN_AFTER_MS = 10 * 60_000;
/** Some 200 bytes each; beyond it the one whose last wrong login is the longest ago is forgotten. */
const MAX_ADDRESSES = 10_000;

interface Wrong {
  readonly count: number;
  readonly lastAt: number;
}

/** How long an address has to wait after wrong logins: after the fifth 1 s, then twice as long each time, up to a minute. */
export class WrongLogins {
  /** The longest ago first. */
  private readonly byAddress = new Map<string, Wrong>();

  /** @param now monotonic milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Milliseconds until the address may try again; 0: now. */
  waitMs(address: string): number {
    const wrong = this.of(address);
    if (wrong === undefined || wrong.count < FREE) return 0;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (wrong.count - FREE));
    return Math.max(0, wrong.lastAt + wait - this.now());
  }

  /** @returns the how many-th it is of the address */
  add(address: string): number {
    const count = (this.of(address)?.count ?? 0) + 1;
    this.byAddress.delete(address);
    const [longestAgo] = this.byAddress.keys();
    if (this.byAddress.size >= MAX_ADDRESSES && longestAgo !== undefined) this.byAddress.delete(longestAgo);
    this.byAddress.set(address, { count, lastAt: this.now() });
    return count;
  }

  forget(address: string): void {
    this.byAddress.delete(address);
  }

  get size(): number {
    return this.byAddress.size;
  }

  private of(address: string): Wrong | undefined {
    const wrong = this.byAddress.get(address);
    if (wrong === undefined || this.now() - wrong.lastAt < FORGOTTEN_AFTER_MS) return wrong;
    this.byAddress.delete(address);
    return undefined;
  }
}
