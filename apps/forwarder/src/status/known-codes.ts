/** Extole documents some twenty codes; a hundred leave room, and bound the time series. */
const MAX_CODES = 100;

/** Error codes as the values of a label: another system chooses them, so neither their form nor their number is taken on trust. */
export class KnownCodes {
  private readonly seen = new Set<string>();

  /** The code itself, or `other` for one that looks like no code, or is one too many. */
  labelFor(code: string): string {
    if (this.seen.has(code)) return code;
    if (this.seen.size >= MAX_CODES || !/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(code)) return 'other';
    this.seen.add(code);
    return code;
  }
}
