/** Whether a value of unknown origin is one that a field may have. */
export type Check = (value: unknown) => boolean;

/** What a field of ours may hold at most, in characters: an event's name is an event at most, a code the answer that it stands in. */
const MAX_TEXT = 100_000;
/** Of what is passed on from record to record: an id that is longer would make a record of ours larger than the log takes. */
const MAX_ID = 1_024;
/** Of a duration: what lies further back than a time of four digits is none, and dates cannot be calculated with it. */
const MAX_MILLIS = 1e15;

const TIME =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const HASH = /^[0-9a-f]{32}$/;

/** A number of things. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** An offset that a partition may come to: a thousand records each millisecond do not come so far in eight thousand years, and the console packs it into 48 bits. */
export function isOffset(value: unknown): value is number {
  return isCount(value) && value < 2 ** 48;
}

export function isPartition(value: unknown): value is number {
  return isCount(value) && value < 2 ** 16;
}

export function isMillis(value: unknown): value is number {
  return isCount(value) && value < MAX_MILLIS;
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TEXT;
}

export function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_ID;
}

/** ISO 8601, with a year that dates can be calculated with. What passes can be parsed: a million are looked at in a restore, and parsing costs as much as all the rest. */
export function isTime(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 40 && TIME.test(value);
}

export function isHash(value: unknown): value is string {
  return typeof value === 'string' && HASH.test(value);
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

export function oneOf(values: readonly unknown[]): Check {
  const known = new Set(values);
  return (value) => known.has(value);
}

export function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

export function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

/** A JSON object whose fields pass; those that are not named may be anything. */
export function objectOf(checks: Readonly<Record<string, Check>>): Check {
  const misfit = misfitOf(checks);
  return (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && misfit(value) === undefined;
}

/** Names the first field of an object that does not pass; undefined if all do. Every field of `Record` has its check, or this does not compile. */
export function misfitOf<Record extends object>(checks: { readonly [Field in keyof Record]-?: Check }): (
  value: object,
) => string | undefined {
  const entries = Object.entries<Check>(checks);
  return (value) => {
    const fields = value as Readonly<{ [name: string]: unknown }>;
    // No field of ours is named as what every object inherits.
    for (const [name, check] of entries) if (!check(fields[name])) return name;
    return undefined;
  };
}
