import type { FastifyRequest } from 'fastify';
import type { Sender } from '../auth/sender.ts';
import { doorOf, type Door } from '../doors/door.ts';
import { traceparentOf } from '../http/request-traces.ts';

/** Where messages came from. */
export interface Origin extends Sender {
  readonly door: Door;
  /** W3C trace context of the request's span, else the one that it came with, if that is valid; it goes with the records. */
  readonly traceparent?: string;
}

export function originOf(request: FastifyRequest, { source, keyId }: Sender): Origin {
  const traceparent = traceparentOf(request);
  return { source, keyId, door: doorOf(request), ...(traceparent === undefined ? {} : { traceparent }) };
}
