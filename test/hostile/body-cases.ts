import { bodyOf, goodBody, goodMembers, NEIGHBOURS } from './good-message.ts';
import {
  GOOD,
  hostileCase,
  refusedWith,
  type AttackedKeys,
  type DoorName,
  type Expected,
  type HostileCase,
} from './hostile-case.ts';
import { CANARY, deepArray, deepObject, objectText, text } from './json-text.ts';

const MB = 1024 * 1024;

/** Bodies that are no JSON. */
const NO_JSON: Readonly<Record<string, string | Buffer>> = {
  'nothing at all': '',
  'a blank': ' ',
  'line feeds': '\n\n\n',
  'an open brace': '{',
  'a closing brace': '}',
  'a comma too many': `{"userId":"${CANARY}",}`,
  'single quotes': `{'userId':'${CANARY}'}`,
  'no quotes': `{userId:${CANARY}}`,
  'a comment': `/* ${CANARY} */{}`,
  NaN: '{"userId":NaN}',
  Infinity: '{"userId":-Infinity}',
  undefined: 'undefined',
  'a leading zero': '{"userId":01}',
  'a plus sign': '{"userId":+1}',
  hexadecimal: '{"userId":0x10}',
  'a big integer': '{"userId":10n}',
  'a raw control character': '{"userId":"a\u0001b"}',
  'a raw line feed in a text': `{"userId":"${CANARY}\n"}`,
  'a raw NUL in a text': `{"userId":"${CANARY}\u0000"}`,
  'an unknown escape': String.raw`{"userId":"\x41"}`,
  'half an escape': String.raw`{"userId":"\u12"}`,
  'two values': '{}{}',
  'JSON lines': `{"userId":"${CANARY}"}\n{"userId":"${CANARY}"}`,
  'text behind the value': `{} ${CANARY}`,
  'NULs behind the value': '{}\u0000\u0000',
  'a NUL before the value': '\u0000{}',
  'a byte order mark': '\ufeff{}',
  'UTF-16': Buffer.from(`{"userId":"${CANARY}"}`, 'utf16le'),
  'UTF-32': Buffer.from([...'{}'].flatMap((character) => [character.charCodeAt(0), 0, 0, 0])),
  'bytes that no text has': Buffer.alloc(64, 0xff),
  'a prefix against JSON hijacking': `)]}',\n{"userId":"${CANARY}"}`,
  YAML: `userId: ${CANARY}`,
  XML: `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`,
  'a form': `userId=${CANARY}&event=x`,
  'a form of several parts': `--x\r\ncontent-disposition: form-data; name="userId"\r\n\r\n${CANARY}\r\n--x--`,
  'a program': `require("child_process").exec("${CANARY}")`,
  'a request inside the request': `POST /v1/delete HTTP/1.1\r\nhost: x\r\n\r\n{"userId":"${CANARY}"}`,
  MessagePack: Buffer.from('81a6757365724964a27531', 'hex'),
  'a million open arrays': '['.repeat(MB - 1),
  'open objects as deep as the body allows': '{"a":'.repeat(200_000),
  'an endless text': `"${'x'.repeat(MB - 2)}`,
  'an endless number': `{"userId":${'9'.repeat(100_000)}`,
};

/** Bodies that are JSON, but not what the door is about. At the webhook door, where an array is a batch, they are counted. */
const NO_OBJECT: Readonly<Record<string, { readonly json: string; readonly atWebhook?: Expected }>> = {
  null: { json: 'null' },
  true: { json: 'true' },
  'a number': { json: '0' },
  '1e400': { json: '1e400' },
  'a text': { json: text(CANARY) },
  'an empty array': { json: '[]' },
  'an array of empty objects': { json: '[{},{}]' },
  'an array of arrays': { json: '[[[]]]' },
  'an array of everything': { json: `[null,true,0,"${CANARY}",[],{}]` },
  'depth 10,000': { json: deepArray(10_000) },
  'depth 100,000': { json: deepArray(100_000) },
  'as deep as the body allows': { json: deepArray(MB / 2 - 1), atWebhook: refusedWith(400) },
  'an array of 500,000 zeros': { json: `[${'0,'.repeat(500_000)}0]`, atWebhook: refusedWith(400) },
  'a text of a megabyte': { json: text('x'.repeat(MB - 2)), atWebhook: refusedWith(400) },
};

/** Whole bodies: no JSON, JSON of the wrong shape, torn and oversize ones. */
export function bodyCases(door: DoorName, keys: AttackedKeys): HostileCase[] {
  const make = (name: string, body: string | Buffer, expected: Expected): HostileCase =>
    hostileCase(door, keys, { name, body, expected });
  return [
    ...Object.entries(NO_JSON).map(([name, body]) => make(`no JSON: ${name}`, body, refusedWith(400))),
    ...Object.entries(NO_OBJECT).map(([name, { json, atWebhook = refusedWith(200) }]) =>
      make(`no object: ${name}`, json, door === 'webhook' ? atWebhook : refusedWith(400)),
    ),
    ...tornBodies(door).map(([name, body]) => make(name, body, refusedWith(400))),
    ...brokenTexts(door).map(([name, body]) => make(name, body, GOOD[door])),
    make('a body of a byte more than there may be', text('x'.repeat(MB - 1)), refusedWith(413)),
    make('a body of 3 MB', Buffer.alloc(3 * MB, 0x20), refusedWith(413)),
    ...(door === 'batch' ? envelopeCases(make) : []),
    ...(door === 'webhook' ? arrayCases(make) : []),
    ...(door === 'partner' || door === 'deletion' ? secretDoorCases(make) : []),
  ];
}

/** A connection that broke in the middle: every part of a good body up to its last byte. */
function tornBodies(door: DoorName): [name: string, body: Buffer][] {
  const good = Buffer.from(goodBody(door));
  const count = Math.min(60, good.length - 1);
  return Array.from({ length: count }, (_, index) => {
    const bytes = Math.floor(((index + 1) * (good.length - 1)) / count);
    return [`torn after ${bytes} bytes`, good.subarray(0, bytes)];
  });
}

/** Bytes that are no UTF-8 inside a text are replaced, and harm nobody else. */
function brokenTexts(door: DoorName): [name: string, body: Buffer][] {
  const sequences = {
    'an overlong slash': 'c0af',
    'an encoded surrogate': 'eda080',
    'beyond Unicode': 'f4908080',
    'half a letter': 'c3',
    'a stray byte': '80',
  };
  const [before = '', after = ''] = goodBody(door).split('-user');
  return Object.entries(sequences).map(([name, hex]) => [
    `a user with ${name}`,
    Buffer.concat([Buffer.from(before), Buffer.from(hex, 'hex'), Buffer.from(after)]),
  ]);
}

type Make = (name: string, body: string | Buffer, expected: Expected) => HostileCase;

/** What only a batch can have wrong: its envelope, its number of events, and what it lends to each of them. */
function envelopeCases(make: Make): HostileCase[] {
  const [good = ''] = NEIGHBOURS;
  const many = (count: number, item = good): string => Array.from({ length: count }, () => item).join();
  const wrongBatches = ['null', 'true', '7', '"x"', '{}', `{"0":${good},"length":1}`, '{"__proto__":[]}', '1e400'];
  const wrongObjects = ['true', '7', `"${CANARY}"`, '[1]', deepObject(10_000), text('x'.repeat(33_000))];
  return [
    make('no batch', '{}', refusedWith(400)),
    make('a batch that only __proto__ has', `{"__proto__":{"batch":[${good}]}}`, refusedWith(400)),
    ...wrongBatches.map((json) => make(`batch is ${json.slice(0, 20)}`, `{"batch":${json}}`, refusedWith(400))),
    ...['context', 'integrations'].flatMap((field) =>
      wrongObjects.map((json) =>
        make(
          `the batch's ${field} is ${json.slice(0, 12)} of ${json.length} bytes`,
          `{"batch":[${good}],"${field}":${json}}`,
          refusedWith(400),
        ),
      ),
    ),
    make('a sentAt that is an object', `{"batch":[${good}],"sentAt":{"$date":1}}`, { status: 200, records: 1 }),
    make('a context of a prototype', `{"batch":[${good}],"context":{"__proto__":{"polluted":1}}}`, { status: 200, records: 1 }),
    make('2,501 events', `{"batch":[${many(2_501, '0')}]}`, refusedWith(400)),
    make('2,500 events that are none', `{"batch":[${many(2_500, 'null')}]}`, refusedWith(200)),
    make('501 KB', `{"batch":[${good}],"channel":${text('x'.repeat(501 * 1024))}}`, refusedWith(400)),
    make('a good event among 1,000 of depth 100', `{"batch":[${many(1_000, deepObject(70))},${good}]}`, {
      status: 200,
      records: 1,
    }),
    make('two batches: the last one counts', `{"batch":[${good}],"batch":[]}`, refusedWith(200)),
    make('batches in a batch', `{"batch":[{"batch":[${good}]}]}`, refusedWith(200)),
    make(
      '32 KB lent to each of 2,400 events',
      `{"batch":[${many(2_400)}],"context":{"a":${text('x'.repeat(32_000))}}}`,
      refusedWith(400),
    ),
    make('deletions', `{"batch":[${many(10, '{"type":"delete","userId":"neighbour-1"}')},${good}]}`, { status: 400, records: 1 }),
    ...['page', 'screen', 'group', 'alias'].map((type) =>
      make(`only ${type}`, bodyOf('batch', `{"type":"${type}"}`), { status: 200, records: 2 }),
    ),
  ];
}

function arrayCases(make: Make): HostileCase[] {
  const good = objectText(goodMembers('webhook'));
  const many = (count: number, item: string): string => `[${Array.from({ length: count }, () => item).join()}]`;
  return [
    make('2,501 events', many(2_501, '0'), refusedWith(400)),
    make('501 KB', `[${text('x'.repeat(501 * 1024))}]`, refusedWith(400)),
    make('a good event between bad ones', `[null,${good},{"type":"track"}]`, { status: 200, records: 1 }),
    make('a deletion', '{"type":"delete","userId":"u1"}', refusedWith(501)),
    // Taken all the same: the door says that it does not delete, not that the events beside it are lost.
    make('a deletion beside a good event', `[${good},{"type":"delete","userId":"u1"}]`, { status: 501, records: 1 }),
  ];
}

/** Everything that must not delete anybody. */
function secretDoorCases(make: Make): HostileCase[] {
  return [
    make('an empty object', '{}', refusedWith(400)),
    make('a user in an array', '[{"userId":"u1"}]', refusedWith(400)),
    make('only an anonymous id', '{"anonymousId":"a1"}', refusedWith(400)),
    make('no user but in __proto__', '{"__proto__":{"userId":"u1"}}', refusedWith(400)),
    make('many users', '{"userIds":["u1","u2"]}', refusedWith(400)),
    make('a user of a wildcard object', '{"userId":{"$ne":null}}', refusedWith(400)),
  ];
}
