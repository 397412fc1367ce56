import type { FastifyRequest } from 'fastify';
import type { Sender } from '../auth/sender.ts';

export type Door = 'tracking' | 'partner' | 'webhook' | 'deletion';

/** Where messages came from. */
export interface Origin extends Sender {
  readonly door: Door;
  /** W3C trace context, if the request has a valid one; it goes with the records. */
  readonly traceparent?: string;
}

export function originOf(request: FastifyRequest, { source, keyId }: Sender, door: Door): Origin {
  const { traceparent } = request.headers;
  const isValid = typeof traceparent === 'string' && /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(traceparent);
  return { source, keyId, door, ...(isValid ? { traceparent } : {}) };
}
