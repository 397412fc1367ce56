import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConsoleSettings } from '#config';
import type { Session } from '../api/index.ts';
import { COOKIE, Guard } from '../http/guard.ts';
import { Open } from '../http/open-route.ts';
import { Refusal } from '../http/refusal.ts';
import { SETTINGS } from '../tokens.ts';

@Controller('api')
export class SessionController {
  constructor(
    @Inject(SETTINGS) private readonly settings: ConsoleSettings,
    @Inject(Guard) private readonly guard: Guard,
  ) {}

  @Get('session')
  @Open()
  session(@Req() request: FastifyRequest): Session {
    return this.sessionOf(this.guard.isSignedIn(request.headers));
  }

  @Post('login')
  @Open()
  @HttpCode(200)
  login(@Body() body: unknown, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Session {
    const token: unknown = typeof body === 'object' && body !== null && 'token' in body ? body.token : undefined;
    if (typeof token !== 'string' || !this.guard.isToken(token)) throw new Refusal(401, 'that is not the CONSOLE_TOKEN');
    if (this.guard.cookieValue !== undefined) void reply.header('set-cookie', this.cookie(request, this.guard.cookieValue));
    return this.sessionOf(true);
  }

  @Post('logout')
  @Open()
  @HttpCode(200)
  logout(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Session {
    void reply.header('set-cookie', `${this.cookie(request, '')}; Max-Age=0`);
    return this.sessionOf(!this.guard.needsToken);
  }

  private sessionOf(signedIn: boolean): Session {
    const { topics, sources } = this.settings;
    return { needsToken: this.guard.needsToken, signedIn, prefix: topics.prefix, sources: sources.map(({ id }) => id) };
  }

  private cookie(request: FastifyRequest, value: string): string {
    // Behind a proxy that ends TLS the browser must not send it in clear.
    const secure = request.headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
    return `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict${secure}`;
  }
}
