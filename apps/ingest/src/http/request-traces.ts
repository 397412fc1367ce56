import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TraceSpan, Tracing } from '#observability';

/** By request, while it lasts. */
const spans = new WeakMap<FastifyRequest, TraceSpan>();

/** Gives every request a span, from its head to the end of its answer. */
export function traceRequests(fastify: FastifyInstance, tracing: Tracing): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { method } = request;
    // The route, not the path: a path holds write keys.
    const route = request.routeOptions.url ?? 'none';
    spans.set(
      request,
      tracing.start(`${method} ${route}`, {
        kind: 'server',
        parent: traceparentHeader(request),
        attributes: { 'http.request.method': method, 'http.route': route },
      }),
    );
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    spans.get(request)?.end({ failed: reply.statusCode >= 500, attributes: { 'http.response.status_code': reply.statusCode } });
    done();
  });
}

/** The W3C trace context that goes with what a request brings: its span's, else the sender's own if that is well formed. */
export function traceparentOf(request: FastifyRequest): string | undefined {
  return spans.get(request)?.traceparent ?? traceparentHeader(request);
}

function traceparentHeader({ headers: { traceparent } }: FastifyRequest): string | undefined {
  const isWellFormed = typeof traceparent === 'string' && /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(traceparent);
  return isWellFormed ? traceparent : undefined;
}
