/**
 * An object while it is built, field by field. Where every event passes, spreads of optional fields took more time than all else that was done with it: V8 keeps
 * what they make as a dictionary, which is slow to read and to turn into JSON, too (docs/performance).
 */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };
