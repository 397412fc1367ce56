/** Characters of an operator's name: records and log lines carry it. */
const MAX_LENGTH = 64;
const NAME = new RegExp(`^[A-Za-z0-9][A-Za-z0-9._@+\\\\-]{0,${MAX_LENGTH - 1}}$`);

/** What is expected of a name, for messages. */
export const OPERATOR_NAME_EXPECTED = `up to ${MAX_LENGTH} letters, digits and . _ @ + - \\, with a letter or digit first`;

/** Whether it can be the name of somebody who operates the bridge: it is kept in records, logged and shown, so that nothing else fits into it. */
export function isOperatorName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}

/** The text as a name; undefined if it is none. */
export function parseOperatorName(text: string): string | undefined {
  return NAME.test(text) ? text : undefined;
}

/** The name that comes nearest to what another system calls somebody, such as a machine its user. */
export function toOperatorName(text: string): string {
  const name = text.replace(/[^A-Za-z0-9._@+\\-]/g, '_').slice(0, MAX_LENGTH);
  return NAME.test(name) ? name : `x${name}`.slice(0, MAX_LENGTH);
}
