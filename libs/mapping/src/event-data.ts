import type { JsonObject, JsonValue } from '#segment';

/** By which rule a field came into the data. */
export type FieldOrigin =
  'property' | 'trait' | 'renamed trait' | 'identity' | 'mapped field' | 'event name' | 'message id' | 'constant' | 'labels';

/** Told where each field comes from, while the data is put together. */
export interface DataWatcher {
  onSet(field: string, origin: FieldOrigin, source: string): void;
  /** Something of the event is deliberately not sent. */
  onOmit(source: string, reason: string): void;
}

/**
 * The `data` of a request while it is put together; a field that is set again keeps its place.
 *
 * The names are the sender's: `__proto__` and `constructor` are fields like any other, so every look-up is one of own fields. An object without
 * a prototype would say the same more simply, but V8 keeps such an object as a dictionary, and turning it into JSON takes twice as long.
 */
export class EventData {
  readonly fields: JsonObject = {};

  /** @param watcher for `explain`; without one nothing is recorded. */
  constructor(private readonly watcher?: DataWatcher) {}

  set(field: string, value: JsonValue, origin: FieldOrigin, source: string): void {
    if (field === '__proto__') defineField(this.fields, field, value);
    else this.fields[field] = value;
    this.watcher?.onSet(field, origin, source);
  }

  get(field: string): JsonValue | undefined {
    return this.has(field) ? this.fields[field] : undefined;
  }

  has(field: string): boolean {
    return Object.hasOwn(this.fields, field);
  }

  omit(source: string, reason: string): void {
    this.watcher?.onOmit(source, reason);
  }
}

/** An assignment to `__proto__` would set the prototype and no field. */
function defineField(fields: JsonObject, field: string, value: JsonValue): void {
  Object.defineProperty(fields, field, { value, enumerable: true, configurable: true, writable: true });
}
