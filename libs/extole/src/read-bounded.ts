import type { Readable } from 'node:stream';

/**
 * The first `limit` bytes of a body as text (P9). A longer body is cut off and its connection given up, rather than read to its end: nothing that
 * Extole answers is that long.
 */
export async function readBounded(body: Readable, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop early destroys the stream, and with it the connection.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limit) break;
  }
  return Buffer.concat(chunks, length).toString('utf8', 0, Math.min(length, limit));
}
