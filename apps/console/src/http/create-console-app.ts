import { NotFoundException, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerToError } from './answer-to-error.ts';
import { Guard } from './guard.ts';
import { accessOf, OPEN } from './route-access.ts';
import { isKept, StaticFiles } from './static-files.ts';

const SECONDS = 1_000;
/** A Segment message has at most 32 KB; escaped and with its frame a little more. */
const MAX_BODY_BYTES = 128 * 1_024;

/** The whole HTTP app, ready to listen. */
export async function createConsoleApp(module: DynamicModule, guard: Guard, files: StaticFiles): Promise<NestFastifyApplication> {
  const headers = headersFor(files);
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: 30 * SECONDS,
    http: { headersTimeout: 20 * SECONDS },
    // Open event streams have no end of their own.
    forceCloseConnections: true,
    // An address that cannot even be looked up: no hook sees it, and it is closed like any other.
    frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) => {
      void reply.headers(headers);
      if (!isRefused(guard, request, reply)) void reply.status(404).send(answerToError(new NotFoundException()).body);
    },
    logger: false,
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  useJsonBodies(fastify);
  fastify.decorateRequest('operator', undefined);
  fastify.decorateRequest('sessionId', undefined);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers);
    if (!isRefused(guard, request, reply)) done();
  });
  fastify.addHook('preHandler', (request, reply, done) => {
    // The handler of a HEAD would begin the stream, which has no end, and nobody would hear it.
    const isHeadOfStream = request.method === 'HEAD' && request.routeOptions.config.isStream === true;
    if (isHeadOfStream) void reply.type('text/event-stream').send();
    else done();
  });
  serveFiles(fastify, files);
  return app;
}

/** JSON only; an empty body is one without fields. */
function useJsonBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    if (body === '') return done(null, {});
    try {
      done(null, JSON.parse(String(body)));
    } catch {
      done(Object.assign(new Error('not JSON'), { statusCode: 400 }));
    }
  });
}

/** What answers carry, but Node's own to what is no HTTP; a file says for itself how long it may be kept. */
function headersFor({ contentSecurityPolicy }: StaticFiles): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}

/** Whether the guard refuses the request, which is then answered; else the request says from then on who asks. */
function isRefused(guard: Guard, request: FastifyRequest, reply: FastifyReply): boolean {
  const { method, headers } = request;
  const decision = guard.decide({ method, headers, address: addressOf(request), ...accessOf(request) });
  if (decision.kind === 'refused') {
    const { status, message, retryAfter } = decision;
    if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
    void reply.status(status).send({ message });
    return true;
  }
  request.operator = decision.operator;
  request.sessionId = decision.sessionId;
  return false;
}

/** Of the connection; empty where it is gone already. */
export function addressOf({ socket }: FastifyRequest): string {
  return socket.remoteAddress ?? '';
}

/** The page: each file is a route of its own, so that there is nothing to find out about an address. */
function serveFiles(fastify: FastifyInstance, files: StaticFiles): void {
  void fastify.register((page, _options, done) => {
    for (const [path, file] of files.byPath) {
      page.get(path, { config: OPEN }, (request, reply) => {
        // Kept, but asked for again each time: a new version of the console is on the screen at the next look.
        void reply.headers({ etag: file.etag, 'cache-control': 'no-cache' }).type(file.contentType);
        return isKept(request.headers['if-none-match'], file.etag) ? reply.status(304).send() : reply.send(file.body);
      });
    }
    done();
  });
}
