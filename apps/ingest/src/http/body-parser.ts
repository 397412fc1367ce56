import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { BodyBudget, BodyShare } from './body-budget.ts';
import { bodiesHeld, MAX_BODY_BYTES, readBytes } from './read-bytes.ts';
import { RequestBody } from './request-body.ts';
import { Refusal } from './refusal.ts';
import { Turns } from './turns.ts';

const gunzipAsync = promisify(gunzip);
/**
 * What is being decompressed is not in the budget yet: up to a megabyte each, of however little came in. More at a time would not be
 * faster, since Node has four threads for it.
 */
const decompressions = new Turns(4);

/**
 * Makes a {@link RequestBody} of every POST. Browsers send JSON as text/plain, which needs no preflight; the Kotlin and Swift SDKs
 * send it gzipped besides (wire.md 1.1). Every other content type is left without a parser, which Fastify answers with 415.
 */
export function useBodyParsers(fastify: FastifyInstance, budget: BodyBudget): void {
  const shares = new WeakMap<FastifyRequest, BodyShare>();
  fastify.addHook('onRequest', (request, reply, done) => {
    const share = budget.share();
    shares.set(request, share);
    // `close` comes after the answer as well as instead of it.
    reply.raw.once('close', () => share.release());
    done();
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    /^(application\/([a-z0-9.-]+\+)?json|text\/plain)\s*(;|$)/i,
    (request: FastifyRequest, payload: NodeJS.ReadableStream) =>
      readBody(request, payload, shares.get(request) ?? budget.share()),
  );
}

async function readBody({ headers }: FastifyRequest, payload: NodeJS.ReadableStream, share: BodyShare): Promise<RequestBody> {
  const bytes = await readBytes(payload, headers['content-length'], share);
  const raw = await decompress(bytes, headers['content-encoding']?.trim().toLowerCase() ?? 'identity');
  if (raw !== bytes && !share.take(raw.length)) throw bodiesHeld();
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
    return await decompressions.take(() => gunzipAsync(bytes, { maxOutputLength: MAX_BODY_BYTES }));
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge
      ? new Refusal(413, 'the body is too large after decompression')
      : new Refusal(400, 'the body is not valid gzip');
  }
}
