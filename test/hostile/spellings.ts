import { METHODS } from 'node:http';

/** One way to write the address of a route in a request line. */
export interface Spelling {
  readonly name: string;
  /** What stands between the method and the version; not always an address. */
  readonly target: string;
}

/**
 * Every way that we know to write an address so that somebody on its way reads another one: what a router takes for `path`, a guard
 * may take for something else, and the other way round.
 *
 * @param path an address as it is documented: no query, nothing encoded
 */
export function spellingsOf(path: string): Spelling[] {
  const [, first = '', ...rest] = path.split('/');
  const behind = rest.map((segment) => `/${segment}`).join('');
  const spelling = (name: string, target: string): Spelling => ({ name, target });
  const placesOf = (pattern: RegExp): number[] => [...path.matchAll(pattern)].map(({ index }) => index);
  const letters = placesOf(/[\w-]/g);
  const slashes = placesOf(/\//g);
  const replaced = (index: number, text: string): string => path.slice(0, index) + text + path.slice(index + 1);

  return [
    spelling('as documented', path),
    ...letters.map((index) => spelling(`letter ${index} encoded`, replaced(index, encoded(path.slice(index, index + 1))))),
    spelling(
      'in small hexadecimal',
      path.replace(/\w/g, (letter) => encoded(letter).toLowerCase()),
    ),
    spelling('every letter encoded', path.replace(/\w/g, encoded)),
    spelling('a letter doubly encoded', `/${encoded(encoded(first.slice(0, 1)))}${first.slice(1)}${behind}`),
    spelling(
      'every letter doubly encoded',
      path.replace(/\w/g, (letter) => encoded(encoded(letter))),
    ),
    spelling('an overlong letter', `/%C1%A1${first.slice(1)}${behind}`),
    spelling('a letter of full width', `/%EF%BD%81${first.slice(1)}${behind}`),
    spelling('a broken escape behind', `${path}%zz`),

    ...['http://x', 'https://x', 'HTTP://X', 'http://localhost:1', 'http://user:word@x', 'ws://x', 'file://'].map((origin) =>
      spelling(`an absolute address of ${origin}`, origin + path),
    ),
    spelling('an absolute address, one letter encoded', `http://x/${encoded(first.slice(0, 1))}${first.slice(1)}${behind}`),
    spelling('an absolute address with doubled slashes', `http://x/${path}`),
    spelling('an authority alone', `/${path}`),
    spelling('without its slash', path.slice(1)),
    // The router takes any first character for the slash.
    ...['*', '*%2F', '?', '.'].map((start) => spelling(`${start} for its first slash`, start + path.slice(1))),
    spelling('in the query of an authority', `http://x?${path}`),
    spelling('in the fragment of an authority', `http://x#${path}`),

    ...slashes.map((index) => spelling(`slash ${index} doubled`, replaced(index, '//'))),
    ...slashes.map((index) => spelling(`slash ${index} encoded`, replaced(index, '%2F'))),
    ...slashes.map((index) => spelling(`slash ${index} doubly encoded`, replaced(index, '%252f'))),
    ...slashes.map((index) => spelling(`slash ${index} turned round`, replaced(index, '\\'))),
    ...slashes.map((index) => spelling(`slash ${index} with a dot`, replaced(index, '/./'))),
    ...slashes.map((index) => spelling(`slash ${index} with a semicolon`, replaced(index, '/;x/'))),
    ...['..', '%2e%2e', '.%2E', '..;'].map((up) => spelling(`${up} out of nothing`, `/${up}${path}`)),
    ...['health', 'metrics', 'styles', first].map((beside) => spelling(`.. out of ${beside}`, `/${beside}/..${path}`)),
    spelling('.. with encoded slashes', `/health%2f..%2f${path.slice(1)}`),
    spelling('.. at the end', `${path}/x/..`),

    spelling('in capitals', path.toUpperCase()),
    spelling('its first segment in capitals', `/${first.toUpperCase()}${behind}`),
    spelling('its first letter a capital', `/${first.slice(0, 1).toUpperCase()}${first.slice(1)}${behind}`),

    ...[
      '/',
      '//',
      '/.',
      '/;',
      ';x',
      ';x=1',
      '.json',
      '.js',
      '.',
      '%20',
      '%00',
      '%0d%0a',
      '%3f',
      '%23',
      '%2e',
      '*',
      '+',
      '~',
      '^',
    ].map((end) => spelling(`${end} behind`, path + end)),
    spelling('a semicolon behind its first segment', `/${first};x${behind}`),
    spelling('a NUL behind its first segment', `/${first}%00${behind}`),

    ...[
      '?',
      '?x',
      `?${path}`,
      '?/health/live',
      '?/../health/live',
      '?.css',
      '?%2f..',
      '?a=/api/&b=/main.js',
      '#',
      '#/health/live',
    ].map((query) => spelling(`with ${query}`, path + query)),
    ...['/', '/index.html', '/health/live', '/metrics', '/nothing', '*', ''].flatMap((other) => [
      spelling(`in the query of ${other || 'nothing'}`, `${other}?${path}`),
      spelling(`in the fragment of ${other || 'nothing'}`, `${other}#${path}`),
    ]),
    spelling('below the page', `/index.html${path}`),
    spelling('below a health check', `/health/live${path}`),
  ];
}

/** All that Node's parser knows but CONNECT, which asks for a tunnel and is answered with a closed connection. */
const EVERY_METHOD: readonly string[] = METHODS.filter((method) => method !== 'CONNECT');
/** A router that has no route of a method does not look at the address; LONG=1 sends those in every spelling too. */
const IS_LONG = process.env['LONG'] === '1';
const SPELLINGS_OF_OTHERS = 2;

/** A request to an address in one of its spellings. */
export interface SpelledRequest extends Spelling {
  readonly method: string;
}

/**
 * Every address in every spelling by every method.
 *
 * @param routed methods that the router has routes of; DELETE and OPTIONS are taken for such, the rest is sent in the first spellings alone
 */
export function* everySpelling(addresses: Iterable<string>, routed: Iterable<string>): Generator<SpelledRequest> {
  const inAll = new Set([...routed, 'DELETE', 'OPTIONS']);
  for (const address of addresses) {
    for (const [order, { name, target }] of spellingsOf(address).entries()) {
      for (const method of EVERY_METHOD) {
        if (order < SPELLINGS_OF_OTHERS || IS_LONG || inAll.has(method))
          yield { name: `${method} ${address}, ${name} (${target})`, method, target };
      }
    }
  }
}

/** The character as an escape, whether it needs one or not; of an escape, its `%`. */
function encoded(text: string): string {
  const [first = ''] = text;
  return `%${first.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}${text.slice(1)}`;
}
