/**
 * JSON as text: what JSON.stringify cannot write is what a hostile sender does write, such as duplicate keys, numbers beyond a double,
 * or a depth that overflows a recursive writer.
 */

/** A word that occurs in the corpus alone: an answer or a log line that shows it has echoed its input. */
export const CANARY = 'c4n4ry';

/** An object of the given members, in this order, repeated names included. */
export function objectText(members: readonly (readonly [name: string, json: string])[]): string {
  return `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join()}}`;
}

/** `{"a":{"a":…1…}}`. */
export function deepObject(levels: number): string {
  return '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
}

/** `[[…]]`. */
export function deepArray(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}

export function text(value: string): string {
  return JSON.stringify(value);
}
