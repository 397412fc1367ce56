import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

/** Who sends: Segment's SDKs, Segment as its destination, Segment's webhooks, or whoever asks for deletions. */
export type Door = 'tracking' | 'partner' | 'webhook' | 'deletion';

declare module 'fastify' {
  interface FastifyContextConfig {
    door?: Door;
  }
}

/** A handler that belongs to a door other than the tracking API. */
export function AtDoor(door: Exclude<Door, 'tracking'>): MethodDecorator {
  return RouteConfig({ door });
}

/**
 * The door whose route has matched; where there is none, the tracking API, which most senders speak. The address is never looked at:
 * it can be spelled in ways that the router reads as another one.
 */
export function doorOf({ routeOptions }: FastifyRequest): Door {
  return routeOptions.config.door ?? 'tracking';
}
