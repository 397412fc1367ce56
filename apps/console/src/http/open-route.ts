import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers everybody. A route that does not say so is closed, and so is an address without a route. */
    isOpen?: true;
  }
}

/** What a route's configuration says to be open. */
export const OPEN = { isOpen: true } as const;

/** A handler that answers without a credential: it shows, and changes, nothing of anybody's. */
export function Open(): MethodDecorator {
  return RouteConfig(OPEN);
}

/**
 * Whether the route that the router has matched is open. The address is never looked at: it can be spelled in ways that the router
 * reads as another one (`/%61pi`, `http://x/api`).
 */
export function isOpen({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.isOpen === true;
}
