import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { ConsoleRole } from '#config';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers everybody. A route that does not say so is closed, and so is an address without a route. */
    isOpen?: true;
    /** Open, but no page of a browser has any business with it. */
    isForPrograms?: true;
    /** What one must be allowed to do; {@link roleFor} says what holds without it. */
    needs?: ConsoleRole;
    /** Answers for as long as somebody listens. */
    isStream?: true;
  }
}

/** What a route's configuration says to be open. */
export const OPEN = { isOpen: true } as const;

/** A handler that answers without a credential: it shows, and changes, nothing of anybody's. */
export function Open(): MethodDecorator {
  return RouteConfig(OPEN);
}

/** Open to what sends no credential, such as a scraper, under a name by which no page of another site can reach it. */
export function OpenToPrograms(): MethodDecorator {
  return RouteConfig({ ...OPEN, isForPrograms: true });
}

/** A handler for those who have the role. */
export function Needs(needs: ConsoleRole): MethodDecorator {
  return RouteConfig({ needs });
}

/** An event stream: to look at, for as long as one may. */
export function Stream(): MethodDecorator {
  return RouteConfig({ isStream: true });
}

/** What the guard asks about the route that the router has matched. */
export interface RouteAccess {
  readonly isOpen: boolean;
  readonly isForPrograms: boolean;
  readonly needs: ConsoleRole;
}

/**
 * Who may come to the route that the router has matched. The address is never looked at: it can be spelled in ways that the router
 * reads as another one (`/%61pi`, `http://x/api`). What changes something and says nothing is for operators.
 */
export function accessOf({ method, routeOptions }: FastifyRequest): RouteAccess {
  const { isOpen = false, isForPrograms = false, needs = isSafe(method) ? 'look' : 'operate' } = routeOptions.config;
  return { isOpen, isForPrograms, needs };
}

/** Whether the method changes nothing. */
export function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}
