/** So long after it was told last that a partition cannot be read, it can: it is tried several times a second. */
const OVER_AFTER_MS = 3_000;

/** Why a partition cannot be read on, as it is told again and again while that lasts. Times are monotonic milliseconds. */
export class ReadTrouble {
  private told: { readonly why: string; readonly since: number; readonly at: number; readonly patienceMs: number } | undefined;

  /** @param patienceMs so long it may last before it is worth a word: leaders move, and others' transactions end */
  met(why: string, patienceMs: number, now: number): void {
    const { told } = this;
    const goesOn = told?.why === why && now - told.at < OVER_AFTER_MS;
    this.told = { why, since: goesOn ? told.since : now, at: now, patienceMs };
  }

  /** What is to be said of it now; undefined if nothing is. */
  at(now: number): string | undefined {
    const { told } = this;
    if (told === undefined || now - told.at >= OVER_AFTER_MS) return undefined;
    return told.at - told.since >= told.patienceMs ? told.why : undefined;
  }
}
