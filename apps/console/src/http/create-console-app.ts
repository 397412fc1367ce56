import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerToError } from './answer-to-error.ts';
import { Guard } from './guard.ts';
import { StaticFiles } from './static-files.ts';

const SECONDS = 1_000;
/** A Segment message has at most 32 KB; escaped and with its frame a little more. */
const MAX_BODY_BYTES = 128 * 1_024;

/** The whole HTTP app, ready to listen. */
export async function createConsoleApp(module: DynamicModule, guard: Guard, files: StaticFiles): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: 30 * SECONDS,
    http: { headersTimeout: 20 * SECONDS },
    // Open event streams have no end of their own.
    forceCloseConnections: true,
    frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) => sendError(reply, error),
    logger: false,
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  useJsonBodies(fastify);
  useHeaders(fastify, files);
  useGuard(fastify, guard);
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

function useHeaders(fastify: FastifyInstance, files: StaticFiles): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers({
      'content-security-policy': files.contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': pathOf(request).startsWith('/api/') ? 'no-store' : 'no-cache',
    });
    done();
  });
}

function useGuard(fastify: FastifyInstance, guard: Guard): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const decision = guard.decide({ method: request.method, path: pathOf(request), headers: request.headers });
    if (decision.kind === 'allowed') return done();
    void reply.status(decision.status).send({ message: decision.message });
  });
}

/** Everything that is no route: the page's files, and the page itself for its own addresses. */
function serveFiles(fastify: FastifyInstance, files: StaticFiles): void {
  fastify.get('/*', (request, reply) => {
    const path = pathOf(request);
    const isPage = !path.startsWith('/api/') && !path.includes('.');
    const file = files.get(path) ?? (isPage ? files.index : undefined);
    if (file === undefined) return reply.status(404).send({ message: 'there is nothing at that address' });
    void reply.header('etag', file.etag).type(file.contentType);
    return request.headers['if-none-match'] === file.etag ? reply.status(304).send() : reply.send(file.body);
  });
}

function sendError(reply: FastifyReply, error: unknown): void {
  const { status, body } = answerToError(error);
  void reply.status(status).send(body);
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/';
}
