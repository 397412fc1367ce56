import { Refusal } from './refusal.ts';

/** The body of a POST, parsed once for all that look at it, and not before: a stranger's costs nothing more than its bytes. */
export class RequestBody {
  private parsed: { readonly json: unknown } | undefined;

  /** @param raw the bytes after decompression: what signatures and size limits are about */
  constructor(readonly raw: Buffer) {}

  /**
   * Own keys only, never trusted to have a shape. A megabyte, nested as badly as possible, takes the event loop 100 ms and more: know
   * who sends before you ask.
   *
   * @throws Refusal (400) if the body is no JSON
   */
  get json(): unknown {
    this.parsed ??= { json: parse(this.raw) };
    return this.parsed.json;
  }
}

function parse(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString());
  } catch {
    // The parser's own message quotes the body.
    throw new Refusal(400, 'the body is not valid JSON');
  }
}
