import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MAX_BATCH_BYTES } from '#segment';
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
/** Each chunk is a turn of the event loop: Node's 16 KB make 32 of what a batch may be. */
const CHUNK_BYTES = 64 * 1024;

/**
 * Makes a {@link RequestBody} of every POST. Browsers send JSON as text/plain, which needs no preflight; the Kotlin and Swift SDKs
 * send it gzipped besides (wire.md 1.1). Every other content type is left without a parser, which Fastify answers with 415.
 *
 * @param isKnown whether the head says who sends; it throws where that is nobody of ours, and the body is not read then
 */
export function useBodyParsers(
  fastify: FastifyInstance,
  budget: BodyBudget,
  isKnown: (request: FastifyRequest) => boolean,
): void {
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
      readBody(request, payload, shares.get(request) ?? budget.share(), isKnown),
  );
}

async function readBody(
  request: FastifyRequest,
  payload: NodeJS.ReadableStream,
  share: BodyShare,
  isKnown: (request: FastifyRequest) => boolean,
): Promise<RequestBody> {
  const { headers } = request;
  // A stranger's kilobyte becomes no more than what a batch may be.
  const maxBytes = isKnown(request) ? MAX_BODY_BYTES : MAX_BATCH_BYTES;
  const bytes = await readBytes(payload, headers['content-length'], share);
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  const raw = await decompress(bytes, encoding, maxBytes, askerOf(request));
  if (raw !== bytes && !share.take(raw.length)) throw bodiesHeld();
  return new RequestBody(raw);
}

async function decompress(bytes: Buffer, encoding: string, maxOutputLength: number, asker: string): Promise<Buffer> {
  if (encoding === 'identity' || encoding === '') return bytes;
  if (encoding !== 'gzip' && encoding !== 'x-gzip')
    throw new Refusal(415, 'the content encoding is not supported: use gzip or none');
  try {
    return await decompressions.take(asker, () => gunzipAsync(bytes, { maxOutputLength, chunkSize: CHUNK_BYTES }));
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge
      ? new Refusal(413, 'the body is too large after decompression')
      : new Refusal(400, 'the body is not valid gzip');
  }
}

/** Whose turn it is: the address that the nearest proxy has seen, which it writes last; what stands before that, anybody can have written. */
function askerOf({ headers, socket }: FastifyRequest): string {
  const forwarded = headers['x-forwarded-for'];
  const last = (typeof forwarded === 'string' ? forwarded : forwarded?.at(-1))?.split(',').at(-1)?.trim();
  return last || (socket.remoteAddress ?? '');
}
