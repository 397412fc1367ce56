import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestBody } from './request-body.ts';
import { Refusal } from './refusal.ts';

/** Bytes that a request may have, compressed or not. Above Segment's own limits, so that a batch a little too large is told so. */
export const MAX_BODY_BYTES = 1024 * 1024;

const gunzipAsync = promisify(gunzip);

/**
 * Makes a {@link RequestBody} of every POST. Browsers send JSON as text/plain, which needs no preflight; the Kotlin and Swift SDKs
 * send it gzipped besides (wire.md 1.1). Every other content type is left without a parser, which Fastify answers with 415.
 */
export function useBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    /^(application\/([a-z0-9.-]+\+)?json|text\/plain)\s*(;|$)/i,
    { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
    (request: FastifyRequest, bytes: Buffer) => readBody(bytes, request.headers['content-encoding']),
  );
}

async function readBody(bytes: Buffer, encoding: string | undefined): Promise<RequestBody> {
  const raw = await decompress(bytes, encoding?.trim().toLowerCase() ?? 'identity');
  try {
    return new RequestBody(raw, JSON.parse(raw.toString()));
  } catch {
    // The parser's own message quotes the body.
    throw new Refusal(400, 'the body is not valid JSON');
  }
}

async function decompress(bytes: Buffer, encoding: string): Promise<Buffer> {
  if (encoding === 'identity' || encoding === '') return bytes;
  if (encoding !== 'gzip' && encoding !== 'x-gzip')
    throw new Refusal(415, 'the content encoding is not supported: use gzip or none');
  try {
    return await gunzipAsync(bytes, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge
      ? new Refusal(413, 'the body is too large after decompression')
      : new Refusal(400, 'the body is not valid gzip');
  }
}
