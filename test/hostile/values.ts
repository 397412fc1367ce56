import { CANARY, deepArray, deepObject, text } from './json-text.ts';

/** What a value is to whoever reads it; the doors' rules are told by kind (`rules.ts`). */
export type ValueKind =
  | 'null'
  | 'boolean'
  | 'number'
  | 'rounded-number'
  | 'infinite-number'
  | 'text'
  | 'long-text'
  | 'empty-text'
  | 'array'
  | 'empty-array'
  | 'object'
  | 'too-deep'
  | 'too-large';

export interface HostileValue {
  readonly name: string;
  readonly kind: ValueKind;
  /** As it stands in the request. */
  readonly json: string;
}

const TEXTS: Readonly<Record<string, string>> = {
  'a plain word': CANARY,
  'a blank': ' ',
  'a NUL': `${CANARY}\u0000`,
  'control characters': `${CANARY}\u0001\u001b[31m\u007f`,
  'a line that would be a header': `${CANARY}\r\nX-Injected: 1`,
  'a line that would be a log line': `${CANARY}\n{"level":"error"}`,
  'a right-to-left override': `${CANARY}\u202e`,
  'an emoji of many code points': `${CANARY}👩‍👩‍👧‍👦`,
  'a non-character': `${CANARY}\uffff\ufdd0`,
  'the name of a prototype': '__proto__',
  'the name of a constructor': 'constructor',
  'a path': `../../../../etc/passwd?${CANARY}`,
  'an SQL statement': `'; DROP TABLE users; -- ${CANARY}`,
  'a lookup': `\${jndi:ldap://127.0.0.1/${CANARY}}`,
  'a template': `{{constructor.constructor('return process')()}}${CANARY}`,
  'a script': `<script>alert("${CANARY}")</script>`,
  'a format string': `%s%n%d%o${CANARY}`,
  'a date that is none': '2024-02-31T25:61:61Z',
  'a date of many digits': `2024-05-01T00:00:00.${'9'.repeat(50)}Z`,
  '99 characters': CANARY.padEnd(99, 'x'),
};

/** One of every kind of thing that no field expects, and several of the kinds that have more than one way to be wrong. */
export const HOSTILE_VALUES: readonly HostileValue[] = [
  ...Object.entries(TEXTS).map(([name, value]): HostileValue => ({ name, kind: 'text', json: text(value) })),
  { name: 'a lone high surrogate', kind: 'text', json: String.raw`"\ud800"` },
  { name: 'surrogates in the wrong order', kind: 'text', json: String.raw`"\udfff\ud800"` },
  { name: '100 characters', kind: 'long-text', json: text(CANARY.padEnd(100, 'x')) },
  { name: '10,000 characters', kind: 'long-text', json: text(CANARY.padEnd(10_000, 'ä')) },
  { name: 'an empty text', kind: 'empty-text', json: '""' },
  { name: 'null', kind: 'null', json: 'null' },
  { name: 'true', kind: 'boolean', json: 'true' },
  { name: 'false', kind: 'boolean', json: 'false' },
  { name: 'zero', kind: 'number', json: '0' },
  { name: 'minus zero', kind: 'number', json: '-0' },
  { name: 'a negative number', kind: 'number', json: '-1' },
  { name: 'a fraction', kind: 'number', json: '1.5' },
  { name: 'a tiny number', kind: 'number', json: '5e-324' },
  { name: '2^53 - 1', kind: 'number', json: '9007199254740991' },
  { name: '2^53, which is rounded', kind: 'rounded-number', json: '9007199254740993' },
  { name: '1e308', kind: 'rounded-number', json: '1e308' },
  { name: '1e400', kind: 'infinite-number', json: '1e400' },
  { name: '-1e400', kind: 'infinite-number', json: '-1e400' },
  { name: 'a number of 1,000 digits', kind: 'infinite-number', json: '9'.repeat(1_000) },
  { name: 'an empty array', kind: 'empty-array', json: '[]' },
  { name: 'an array of null', kind: 'array', json: '[null]' },
  { name: 'an array that looks like an object', kind: 'array', json: `[["userId","${CANARY}"]]` },
  { name: 'an empty object', kind: 'object', json: '{}' },
  { name: 'a key __proto__', kind: 'object', json: `{"__proto__":{"polluted":"${CANARY}"}}` },
  { name: 'a key constructor', kind: 'object', json: `{"constructor":{"prototype":{"polluted":"${CANARY}"}}}` },
  {
    name: "the keys of Object's prototype",
    kind: 'object',
    json: '{"toString":1,"valueOf":null,"hasOwnProperty":0,"length":-1}',
  },
  { name: 'a thenable', kind: 'object', json: '{"then":{"then":1}}' },
  { name: 'a serialiser', kind: 'object', json: `{"toJSON":"${CANARY}"}` },
  { name: 'duplicate keys', kind: 'object', json: `{"a":1,"a":{"a":2},"a":"${CANARY}"}` },
  { name: 'an empty key', kind: 'object', json: '{"":{"":""}}' },
  { name: 'a key with a lone surrogate', kind: 'object', json: String.raw`{"\ud800":"\udc00"}` },
  { name: 'a key of a million in an array-like object', kind: 'object', json: '{"999999999":1,"-1":2,"4294967295":3}' },
  { name: 'depth 10,000 of objects', kind: 'too-deep', json: deepObject(10_000) },
  { name: 'depth 10,000 of arrays', kind: 'too-deep', json: deepArray(10_000) },
  { name: 'depth 65', kind: 'too-deep', json: deepObject(65) },
  { name: '33 KB of text', kind: 'too-large', json: text(CANARY.padEnd(33 * 1024, 'x')) },
  { name: '33 KB of zeros', kind: 'too-large', json: `[${'0,'.repeat(17_000)}0]` },
  { name: '33 KB of keys', kind: 'too-large', json: `{${Array.from({ length: 4_000 }, (_, n) => `"k${n}":0`).join()}}` },
];
