import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CONSOLE_ROLES, UNNAMED_OPERATORS, type ConsoleRole } from '#config';
import type { Actor } from '#operations';

/** Somebody who has shown who they are, and what they may do. */
export interface Operator {
  readonly name: string;
  readonly roles: readonly ConsoleRole[];
}

/** Where nobody has to sign in: whoever sits at this machine. */
export const LOCAL: Operator = { name: UNNAMED_OPERATORS.local, roles: CONSOLE_ROLES };

/** Whoever has `CONSOLE_TOKEN`, which several may share. */
export const BY_TOKEN: Operator = { name: UNNAMED_OPERATORS.byToken, roles: CONSOLE_ROLES };

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard; undefined at an open route that somebody asks who has not signed in. */
    operator: Operator | undefined;
    /** Of the cookie that they have shown, if that is how the guard knows them. */
    sessionId: string | undefined;
  }
}

/** In whose name a handler acts. */
export const Who = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { operator } = context.switchToHttp().getRequest<FastifyRequest>();
  if (operator === undefined) throw new Error('a handler acts in the name of nobody: its route is open');
  return { by: operator.name, via: 'console' };
});
