const MILLIS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const BYTES = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 } as const;

/** A limit on calls or events: `count` in every `perMs` milliseconds. */
export interface RateLimit {
  readonly count: number;
  readonly perMs: number;
}

/** `30d`, `12h`, `15m`, `5s`, `500ms` in milliseconds; undefined if it is none or zero. A unit is required: a bare number says too little. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,12})(ms|s|m|h|d)$/.exec(text);
  if (match === null) return undefined;
  return positiveSafeInteger(Number(match[1]) * MILLIS[match[2] as keyof typeof MILLIS]);
}

/** `64MB`, `512KB`, `1GB` or a bare number, in bytes (powers of 1,024); undefined if it is none or zero. */
export function parseByteSize(text: string): number | undefined {
  const match = /^(\d{1,12})(B|KB|MB|GB)?$/.exec(text);
  if (match === null) return undefined;
  return positiveSafeInteger(Number(match[1]) * BYTES[(match[2] ?? 'B') as keyof typeof BYTES]);
}

/** `100/min`, `10/s`, or a bare number, which is per second; undefined if it is none or zero. */
export function parseRateLimit(text: string): RateLimit | undefined {
  const match = /^(\d{1,9})(?:\/(s|min))?$/.exec(text);
  if (match === null) return undefined;
  const count = positiveSafeInteger(Number(match[1]));
  return count === undefined ? undefined : { count, perMs: match[2] === 'min' ? MILLIS.m : MILLIS.s };
}

/** A whole number in decimal digits; undefined if it is none. */
export function parseCount(text: string): number | undefined {
  if (!/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}

/** `true` or `false`; undefined if it is neither. */
export function parseFlag(text: string): boolean | undefined {
  if (text === 'true') return true;
  if (text === 'false') return false;
  return undefined;
}

/** The entries of a comma list, trimmed; empty ones are dropped. */
export function parseList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function positiveSafeInteger(value: number): number | undefined {
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
