const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);
const BRACE = 0x7b;
/** Characters of a name or a key, with quotes and escapes; ours are shorter. */
const MAX_LENGTH = 1_024;

/**
 * The `writeKey` that a JSON object has at its top, as `JSON.parse` would find it, in one pass over the bytes and without making
 * anything of them: who sends is known before the body costs more than its length. Undefined if there is none, or it is no text; what
 * is said of bytes that are no JSON does not count, since they are parsed next.
 */
export function writtenKey(raw: Buffer): string | undefined {
  let depth = 0;
  let isName = false;
  let isKey = false;
  let key: string | undefined;
  for (let at = 0; at < raw.length; at++) {
    const byte = raw[at] ?? 0;
    if (byte === QUOTE) {
      const end = endOfText(raw, at);
      if (depth === 1 && isName) {
        isKey = textOf(raw, at, end) === 'writeKey';
        // Of two the last one counts, whatever it is.
        if (isKey) key = undefined;
        isName = false;
      } else if (depth === 1 && isKey) {
        key = textOf(raw, at, end);
      }
      at = end;
    } else if (OPENING.has(byte)) {
      depth++;
      if (depth === 1) {
        if (byte !== BRACE) return undefined;
        isName = true;
      }
    } else if (CLOSING.has(byte)) {
      depth--;
    } else if (byte === COMMA && depth === 1) {
      isName = true;
      isKey = false;
    }
  }
  return key;
}

/** Where the text that begins at `start` has its closing quote. */
function endOfText(raw: Buffer, start: number): number {
  let at = start + 1;
  while (at < raw.length && raw[at] !== QUOTE) at += raw[at] === BACKSLASH ? 2 : 1;
  return at;
}

function textOf(raw: Buffer, start: number, end: number): string | undefined {
  if (end - start > MAX_LENGTH) return undefined;
  try {
    return JSON.parse(raw.toString('utf8', start, end + 1)) as string;
  } catch {
    return undefined;
  }
}
