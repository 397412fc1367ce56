/** Injection tokens of what has no class of its own. */
export const SETTINGS = Symbol('ConsoleSettings');
export const LOG = Symbol('Logger');
export const KAFKA = Symbol('Kafka');
