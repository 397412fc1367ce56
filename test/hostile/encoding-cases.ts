import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { goodBody } from './good-message.ts';
import {
  credentials,
  GOOD,
  PATHS,
  refusedWith,
  type AttackedKeys,
  type DoorName,
  type Expected,
  type HostileCase,
} from './hostile-case.ts';
import { CANARY } from './json-text.ts';

const MB = 1024 * 1024;

/** Content types without JSON in them; undefined is none at all. */
const OTHER_TYPES = [
  undefined,
  'application/xml',
  'application/x-www-form-urlencoded',
  `multipart/form-data; boundary=${CANARY}`,
  'application/octet-stream',
  'application/jsonp',
  'application/json2',
  'application/javascript',
  'application/x-ndjson',
  'text/html',
  'text/json',
  'text/plainer',
  'json',
  '/',
  ';',
  'application/',
  'application /json',
  `x${CANARY}/y`,
  `application/xml; a=application/json; b=${CANARY}`,
  `application/${'a'.repeat(8_000)}+xml`,
];

const GOOD_TYPES = [
  'application/json; charset=utf-8',
  'APPLICATION/JSON',
  'application/vnd.segment+json',
  'text/plain',
  'text/plain;charset=UTF-8',
];

const OTHER_ENCODINGS = [
  'br',
  'deflate',
  'compress',
  'zstd',
  'gzip, gzip',
  'gzip,identity',
  'identity, br',
  '*',
  CANARY,
  'x'.repeat(4_000),
];

/** Content types and encodings, gzip that is none, and gzip that is too much of it. */
export function encodingCases(door: DoorName, keys: AttackedKeys): HostileCase[] {
  const plain = Buffer.from(goodBody(door));
  const zipped = gzipSync(plain);
  const make = (
    name: string,
    expected: Expected,
    {
      body = plain,
      signed = plain,
      type = 'application/json',
      encoding,
    }: { body?: Buffer; signed?: Buffer; type?: string | undefined; encoding?: string },
  ): HostileCase => ({
    name,
    door,
    path: PATHS[door],
    headers: {
      ...credentials(door, keys, signed),
      ...(type === '' ? {} : { 'content-type': type }),
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    },
    body,
    expected,
  });
  const gzip = (name: string, body: Buffer, expected: Expected): HostileCase =>
    make(`gzip: ${name}`, expected, { body, encoding: 'gzip' });
  const flipped = (at: number): Buffer => Buffer.from(zipped.map((byte, index) => (index === at ? byte ^ 0xff : byte)));
  const bomb = gzipSync(Buffer.alloc(64 * MB, 0x20), { level: 9 });

  // A signature over other bytes is a stranger's, and nothing of a stranger is parsed.
  const noJson = refusedWith(door === 'webhook' ? 401 : 400);
  return [
    ...OTHER_TYPES.map((type) => make(`the content type ${String(type).slice(0, 40)}`, refusedWith(415), { type: type ?? '' })),
    ...GOOD_TYPES.map((type) => make(`the content type ${type}`, GOOD[door], { type })),
    ...OTHER_ENCODINGS.map((encoding) => make(`the encoding ${encoding.slice(0, 20)}`, refusedWith(415), { encoding })),
    make('Brotli that says so', refusedWith(415), { body: brotliCompressSync(plain), encoding: 'br' }),
    make('gzip that does not say so', noJson, { body: zipped }),
    ...Array.from({ length: 20 }, (_, index) => {
      const bytes = Math.floor((index * (zipped.length - 1)) / 19);
      return gzip(`torn after ${bytes} bytes`, zipped.subarray(0, bytes), refusedWith(400));
    }),
    gzip('no gzip at all', plain, refusedWith(400)),
    gzip('deflate', deflateSync(plain), refusedWith(400)),
    gzip('a wrong checksum', flipped(zipped.length - 8), refusedWith(400)),
    gzip('a wrong length', flipped(zipped.length - 1), refusedWith(400)),
    gzip('an unknown method', flipped(2), refusedWith(400)),
    gzip('reserved flags', flipped(3), refusedWith(400)),
    gzip('of nothing', gzipSync(''), noJson),
    gzip('of gzip', gzipSync(zipped), noJson),
    gzip('of a megabyte and a byte', gzipSync(Buffer.alloc(MB + 1, 0x20)), refusedWith(413)),
    gzip('a bomb of 64 MB', bomb, refusedWith(413)),
    gzip(
      'a bomb of bombs, as large as a body may be',
      Buffer.concat(Array.from({ length: Math.floor(MB / bomb.length) }, () => bomb)),
      refusedWith(413),
    ),
    gzip(
      'of two members that are one body',
      Buffer.concat([gzipSync(plain.subarray(0, 9)), gzipSync(plain.subarray(9))]),
      GOOD[door],
    ),
    make('gzip in capitals', GOOD[door], { body: zipped, encoding: 'GZIP' }),
  ];
}
