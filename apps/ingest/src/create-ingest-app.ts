import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Metrics } from '#observability';
import { KeyRing } from './auth/key-ring.ts';
import { refuseStrangers } from './auth/refuse-strangers.ts';
import { BodyBudget } from './http/body-budget.ts';
import { useBodyParsers } from './http/body-parser.ts';
import { answerToClientError } from './http/client-error.ts';
import { answerToFrameworkError } from './http/framework-error.ts';
import { serveDocs } from './http/docs.ts';
import { traceRequests } from './http/request-traces.ts';
import { MAX_BODY_BYTES } from './http/read-bytes.ts';
import { IngestModule, type IngestParts } from './ingest.module.ts';

const SECONDS = 1000;
const DAY_IN_SECONDS = 86_400;
/** An idle connection costs some ten KB; what comes above this is closed at once. */
const MAX_CONNECTIONS = 15_000;

/** The whole HTTP app, ready to listen. */
export async function createIngestApp(parts: IngestParts): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: 30 * SECONDS,
    // A connection that has not said what it wants by then, or nothing at all, is closed; looked after more often than Node does by itself.
    http: { headersTimeout: 20 * SECONDS, connectionsCheckingInterval: 5 * SECONDS },
    // Longer than the idle timeout of common load balancers (60 s): the side that reuses a connection must be the first to drop it.
    keepAliveTimeout: 72 * SECONDS,
    // What a request on an open connection brings during a shutdown is still taken; the answer closes the connection.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // The settings answer tells the browser SDK the host and protocol that it has used, which behind a proxy only the proxy knows.
    trustProxy: true,
    // The Java SDK posts to `/v1/import/`. A redirect would count as delivered with the server SDK (wire.md 1.1).
    routerOptions: { ignoreTrailingSlash: true },
    clientErrorHandler: answerToClientError,
    frameworkErrors: answerToFrameworkError,
    logger: false,
  });
  const app = await NestFactory.create<NestFastifyApplication>(IngestModule.of(parts), adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  app.enableCors({
    origin: '*',
    credentials: false,
    methods: ['GET', 'POST'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Content-Encoding', 'X-Retry-Count'],
    exposedHeaders: ['Retry-After'],
    maxAge: DAY_IN_SECONDS,
    strictPreflight: false,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.server.maxConnections = MAX_CONNECTIONS;
  // Whatever may wait for the log must be able to come in.
  const bodies = new BodyBudget(2 * parts.settings.logQueueBytes);
  const keys = app.get(KeyRing);
  useBodyParsers(fastify, bodies, (request) => refuseStrangers(request, keys));
  measureBodies(bodies, parts.metrics);
  measureRequests(fastify, parts.metrics);
  if (parts.tracing?.enabled === true) traceRequests(fastify, parts.tracing);
  serveDocs(app);
  return app;
}

function measureBodies(bodies: BodyBudget, metrics: Metrics): void {
  metrics.gauge({
    name: 'bridge_ingest_body_bytes',
    help: 'Bytes of request bodies in memory: being received, or waiting for their answer.',
    collect: (gauge) => gauge.set(bodies.heldBytes),
  });
}

function measureRequests(fastify: FastifyInstance, metrics: Metrics): void {
  const duration = metrics.histogram({
    name: 'bridge_ingest_request_seconds',
    help: 'Time from the head of a request to the end of its answer, by route and status.',
    labelNames: ['route', 'status'],
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    // The route, not the path: a path holds write keys, and has as many values as there are scanners.
    const route = request.routeOptions.url ?? 'none';
    duration.observe({ route, status: String(reply.statusCode) }, reply.elapsedTime / SECONDS);
    done();
  });
}
