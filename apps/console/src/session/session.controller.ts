import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConsoleSettings } from '#config';
import type { Logger } from '#observability';
import type { Session } from '../api/index.ts';
import { cookieOf, setCookie } from '../http/cookie.ts';
import { addressOf } from '../http/create-console-app.ts';
import { Guard, tooSoon } from '../http/guard.ts';
import type { Operator } from '../http/operator.ts';
import { Open } from '../http/route-access.ts';
import { Refusal } from '../http/refusal.ts';
import { LOG, SETTINGS } from '../tokens.ts';

@Controller('api')
export class SessionController {
  constructor(
    @Inject(SETTINGS) private readonly settings: ConsoleSettings,
    @Inject(Guard) private readonly guard: Guard,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  @Get('session')
  @Open()
  session(@Req() { operator, sessionId }: FastifyRequest): Session {
    return this.sessionOf(operator, sessionId !== undefined);
  }

  @Post('login')
  @Open()
  @HttpCode(200)
  login(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Session {
    const { signIn, sessions, proxy } = this.guard;
    if (!signIn.takesTokens) return this.sessionOf(request.operator, false);
    const token: unknown = typeof body === 'object' && body !== null && 'token' in body ? body.token : undefined;
    const address = proxy.clientOf({ address: addressOf(request), headers: request.headers });
    const signedIn = signIn.with(typeof token === 'string' ? token : '', address);
    if (signedIn.kind === 'too-soon') {
      const { message, retryAfter } = tooSoon(signedIn.waitMs);
      void reply.header('retry-after', String(retryAfter));
      throw new Refusal(429, message);
    }
    if (signedIn.kind === 'wrong') throw new Refusal(401, 'that is neither the CONSOLE_TOKEN nor the token of an operator');
    const { operator } = signedIn;
    // Whoever signs in anew leaves no session behind that nobody ends.
    sessions.end(cookieOf(request.headers));
    void reply.header('set-cookie', setCookie(request.headers, sessions.begin(operator)));
    this.log.info('signed_in', { by: operator.name, address });
    return this.sessionOf(operator, true);
  }

  @Post('logout')
  @Open()
  @HttpCode(200)
  logout(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Session {
    const { operator, sessionId } = request;
    void reply.header('set-cookie', setCookie(request.headers, undefined));
    // Also where the guard knows them by something else, such as the proxy's word.
    this.guard.sessions.end(cookieOf(request.headers));
    if (sessionId === undefined) return this.sessionOf(operator, false);
    this.log.info('signed_out', { by: operator?.name ?? '' });
    return this.sessionOf(undefined, false);
  }

  /** What is configured is told to those who have signed in. */
  private sessionOf(operator: Operator | undefined, canSignOut: boolean): Session {
    const { topics, sources } = this.settings;
    const { asksWho, signIn } = this.guard;
    const isKnown = operator !== undefined;
    return {
      needsToken: asksWho,
      takesTokens: signIn.takesTokens,
      signedIn: isKnown,
      operator: operator ?? null,
      canSignOut,
      prefix: isKnown ? topics.prefix : '',
      sources: isKnown ? sources.map(({ id }) => id) : [],
    };
  }
}
