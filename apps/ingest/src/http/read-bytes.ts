import type { BodyShare } from './body-budget.ts';
import { Overload } from './overload.ts';
import { Refusal } from './refusal.ts';

/** Bytes that a request may have, compressed or not. Above Segment's own limits, so that a batch a little too large is told so. */
export const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Reads a request's body.
 *
 * @param contentLength the header, as it came: what says that it is too large is refused before it is read
 * @throws Refusal (413) if it is too large, (400) if it broke off; Overload if the budget is spent
 */
export function readBytes(payload: NodeJS.ReadableStream, contentLength: string | undefined, share: BodyShare): Promise<Buffer> {
  if (Number(contentLength) > MAX_BODY_BYTES) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (result: Buffer | Error): void => {
      share.received();
      payload.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
      if (result instanceof Error) reject(result);
      else resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) settle(tooLarge());
      else if (share.take(chunk.length)) chunks.push(chunk);
      else settle(bodiesHeld());
    };
    const onEnd = (): void => settle(Buffer.concat(chunks, length));
    const onBroken = (): void => settle(new Refusal(400, 'the body broke off'));
    share.receive(() => settle(bodiesHeld()));
    payload.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
  });
}

export function bodiesHeld(): Overload {
  return new Overload('bodies_held', 'too many requests at once: try again later', 1);
}

function tooLarge(): Refusal {
  return new Refusal(413, 'the body is too large');
}
