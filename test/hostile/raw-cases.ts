import { goodBody } from './good-message.ts';
import { basic, type AttackedKeys } from './hostile-case.ts';
import { CANARY } from './json-text.ts';

/** Bytes on a connection that no HTTP client would send. */
export interface RawCase {
  readonly name: string;
  readonly bytes: Buffer;
  /** The statuses of the answers, in order; each may be one of several. None: the connection is closed without a word. */
  readonly answers: readonly (readonly number[])[];
  /** Whether the sender then says that it has no more to say. */
  readonly halfClose?: boolean;
}

const CRLF = '\r\n';

/** What stands between the lines and the bodies of HTTP: lengths, chunks, heads, versions, methods and paths. */
export function rawCases(keys: AttackedKeys): RawCase[] {
  const body = goodBody('tracking');
  const authorization = `authorization: ${basic(keys.write)}`;
  const head = (lines: readonly string[], start = 'POST /v1/track HTTP/1.1'): string =>
    [start, 'host: ingest', 'content-type: application/json', authorization, ...lines, '', ''].join(CRLF);
  const good = head([`content-length: ${body.length}`]) + body;
  const closing = head([`content-length: ${body.length}`, 'connection: close']) + body;
  const chunked = (chunks: string): string => head(['transfer-encoding: chunked']) + chunks;
  const raw = (name: string, bytes: string | Buffer, ...answers: (number | readonly number[])[]): RawCase => ({
    name,
    bytes: Buffer.from(bytes),
    answers: answers.map((answer) => [answer].flat()),
  });
  const halfClosed = (rawCase: RawCase): RawCase => ({ ...rawCase, halfClose: true });

  return [
    // No HTTP.
    raw('a TLS greeting', Buffer.from('16030100f1010000ed0303', 'hex'), 400),
    raw('bytes', Buffer.alloc(4_096, 0xfe), 400),
    raw('NULs', Buffer.alloc(64), 400),
    raw('a PROXY line', `PROXY TCP4 1.1.1.1 2.2.2.2 1 2${CRLF}${closing}`, 400),
    raw('SSH', `SSH-2.0-${CANARY}${CRLF}`, 400),
    raw('Redis', `*1${CRLF}$4${CRLF}PING${CRLF}`, 400),
    raw('HTTP/0.9', `GET /${CRLF}${CRLF}`, 404),
    raw('HTTP/2', `PRI * HTTP/2.0${CRLF}${CRLF}SM${CRLF}${CRLF}`, 400),
    raw('HTTP/9.9', head([], 'POST /v1/track HTTP/9.9'), 400),
    raw('no version', `POST /v1/track${CRLF}host: x${CRLF}${CRLF}`, 401),
    raw('an unknown method', head([], 'BREW /v1/track HTTP/1.1'), 400),
    raw('a method in small letters', head([], 'post /v1/track HTTP/1.1'), 400),
    raw('half a line, and no more', 'POST /v1/tra'),

    // Lengths.
    raw('a negative length', head(['content-length: -1']), 400),
    raw('a length that is no number', head(['content-length: 1e3']), 400),
    raw('a length in hexadecimal', head(['content-length: 0x10']), 400),
    raw('a length beyond all numbers', head([`content-length: ${'9'.repeat(40)}`]), 400),
    raw('a length of a terabyte', head(['content-length: 1099511627776']), 413),
    raw('two lengths', head(['content-length: 5', 'content-length: 6']) + body, 400),
    raw('two lengths in one', head(['content-length: 5, 6']) + body, 400),
    raw('a length and chunks', head([`content-length: ${body.length}`, 'transfer-encoding: chunked']) + `0${CRLF}${CRLF}`, 400),
    raw('a blank before the colon', head([`content-length : ${body.length}`]) + body, 400),
    halfClosed(raw('a length that is too large', head([`content-length: ${body.length + 10}`]) + body, 400)),
    raw('a length that is too small', head(['content-length: 10']) + body, 400),
    raw('no length at all', head([]) + body, 400),

    // Chunks.
    raw('chunks', `${chunked(`${body.length.toString(16)}${CRLF}${body}${CRLF}0${CRLF}${CRLF}`)}`, 200),
    raw('a chunk size that is no number', chunked(`zz${CRLF}${body}`), 400),
    raw('a chunk size beyond all numbers', chunked(`${'f'.repeat(40)}${CRLF}${body}`), 400),
    raw('a negative chunk', chunked(`-1${CRLF}${body}`), 400),
    raw('a chunk that is longer than it says', chunked(`1${CRLF}${body}${CRLF}0${CRLF}${CRLF}`), 400),
    raw('a chunk extension of 64 KB', chunked(`1;${'x'.repeat(65_536)}${CRLF}{`), 413),
    raw('trailers of 64 KB', chunked(`1${CRLF}{${CRLF}0${CRLF}a: ${'x'.repeat(65_536)}${CRLF}${CRLF}`), [400, 431]),
    raw('chunks that are too large together', chunked(`200000${CRLF}${'x'.repeat(0x200000)}${CRLF}0${CRLF}${CRLF}`), 413),
    raw('an unknown transfer encoding', head(['transfer-encoding: xchunked']) + body, 400),
    raw('chunks that are gzip', head(['transfer-encoding: gzip, chunked']) + `0${CRLF}${CRLF}`, [400, 501]),
    raw('chunks that are not last', head(['transfer-encoding: chunked, identity']) + body, 400),
    raw('10,000 chunks of a byte', chunked(`${`1${CRLF}x${CRLF}`.repeat(10_000)}0${CRLF}${CRLF}`), 400),

    // Heads.
    raw('a header of 20 KB', head([`x-a: ${'x'.repeat(20_000)}`]), 431),
    raw('a header of a megabyte without an end', `POST / HTTP/1.1${CRLF}x-a: ${'x'.repeat(1_048_576)}`, 431),
    raw('20,000 headers', head(Array.from({ length: 20_000 }, (_, n) => `x-${n}: ${CANARY}`)), 431),
    raw('1,000 times the same header', head(['connection: close', ...Array.from({ length: 1_000 }, () => 'x-a: b')]), [400, 431]),
    raw('a path of 20 KB', head([], `POST /${'a'.repeat(20_000)} HTTP/1.1`), 431),
    raw('a header without a name', head([': x']), 400),
    raw('a header without a colon', head(['x']), 400),
    raw('a NUL in a header', head(['x-a: a\u0000b']), 400),
    raw('a lone carriage return in a header', head(['x-a: a\rb: c']), 400),
    raw('a folded header', head(['x-a: a', ' b']), 400),
    raw('a head of bare line feeds', head(['connection: close']).replaceAll(CRLF, '\n'), 400),
    raw('no host', `POST /v1/track HTTP/1.1${CRLF}${CRLF}`, 400),
    raw(
      'a header named __proto__',
      head(['connection: close', '__proto__: x', 'constructor: y', `content-length: ${body.length}`]) + body,
      200,
    ),
    raw(
      'a second key',
      head(['connection: close', `authorization: ${basic(CANARY)}`, `content-length: ${body.length}`]) + body,
      200,
    ),
    raw('an expectation that nobody meets', head([`expect: ${CANARY}`, 'connection: close']), 417),
    raw('an upgrade', head(['upgrade: websocket', 'connection: upgrade, close', 'content-length: 0']), [400, 401]),

    // Methods and paths.
    raw('CONNECT', `CONNECT ${CANARY}:443 HTTP/1.1${CRLF}host: x${CRLF}${CRLF}`),
    raw('TRACE', head(['connection: close'], 'TRACE /v1/track HTTP/1.1'), [400, 404]),
    raw('DELETE', head(['connection: close'], 'DELETE /v1/delete HTTP/1.1'), [400, 404]),
    raw('GET with a body', head(['connection: close', `content-length: ${body.length}`], 'GET /v1/track HTTP/1.1') + body, 404),
    ...[
      '/metrics',
      '/health/live',
      '/health/ready',
      '/status',
      '/_control/ledger',
      '/v1',
      '//v1/track',
      '/v1/../v1/delete',
      '/v1/track%00',
      '/v1/%74rack%2f..',
      '/V1/TRACK',
      '/v1/track;a=b',
      `/${CANARY}`,
      `/v1/projects/${CANARY}/settings`,
      '/v1/projects/%2e%2e/settings',
      '/v1/projects/__proto__/settings',
      `http://${CANARY}/v1/nothing`,
    ].map((path) => raw(`GET ${path}`, head(['connection: close'], `GET ${path} HTTP/1.1`), 404)),
    raw('a broken escape', head(['connection: close'], `GET /%zz${CANARY} HTTP/1.1`), 404),

    // Several on one connection.
    raw('garbage behind a request', `${good}${CANARY}\u0000${CRLF}${CRLF}`, [200, 400]),
    raw('100 requests at once', good.repeat(99) + closing, ...Array.from({ length: 100 }, () => 200)),
    // What stands behind a last request is no HTTP to Node; that is said in the place of the answer, which is not a 2xx at least.
    raw('a request smuggled in a body', head(['content-length: 6', 'connection: close']) + `{}${CRLF}${CRLF}` + good, [200, 400]),
    raw('blank lines before a request', CRLF.repeat(100) + closing, 200),
  ];
}
