import type { IncomingMessage } from 'node:http';

const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The whole body of a request.
 *
 * @param done called once, with the bytes; undefined if they are more than 4 MiB. Not called if the caller goes away first.
 */
export function readBody(request: IncomingMessage, done: (body: Buffer | undefined) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BYTES) chunks.push(chunk);
  });
  request.on('end', () => {
    if (bytes > MAX_BYTES) return done(undefined);
    // Nearly every body is one chunk: no copy then.
    done(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
  });
}
