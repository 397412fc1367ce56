import { isJsonObject, type JsonObject, type JsonValue } from '#segment';
import { Refusal } from './refusal.ts';

/** A request's body as an object whose fields are read one by one, each with a message that names it and what is expected. */
export class BodyReader {
  private readonly fields: JsonObject;

  /** @throws Refusal if it is no object */
  constructor(body: unknown) {
    if (body !== undefined && body !== null && !isJsonObject(body)) throw new Refusal(400, 'send a JSON object');
    this.fields = isJsonObject(body) ? body : {};
  }

  /** A text that is not empty; undefined if it is absent, null or empty. */
  text(name: string, maxLength = 500): string | undefined {
    return this.read(name, `a text of at most ${maxLength} characters`, (value) =>
      typeof value === 'string' && value.length <= maxLength ? value : undefined,
    );
  }

  required(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw new Refusal(400, `${name} is required: give a text`);
    return text;
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined {
    return this.read(name, `one of ${choices.join(', ')}`, (value) => choices.find((choice) => choice === value));
  }

  flag(name: string): boolean | undefined {
    return this.read(name, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined));
  }

  /** A number above 0. */
  rate(name: string): number | undefined {
    return this.read(name, 'a number above 0', (value) => (typeof value === 'number' && value > 0 ? value : undefined));
  }

  list<T>(name: string, expected: string, item: (value: JsonValue) => T | undefined): T[] | undefined {
    return this.read(name, `a list of ${expected}`, (value) => {
      if (!Array.isArray(value)) return undefined;
      const items = value.map(item).filter((one) => one !== undefined);
      return items.length === value.length ? items : undefined;
    });
  }

  /** Any value at all. */
  value(name: string): JsonValue | undefined {
    return this.fields[name];
  }

  private read<T>(name: string, expected: string, take: (value: JsonValue) => T | undefined): T | undefined {
    const value = this.fields[name];
    if (value === undefined || value === null || value === '') return undefined;
    const taken = take(value);
    if (taken === undefined) throw new Refusal(400, `${name}: expected ${expected}`);
    return taken;
  }
}
