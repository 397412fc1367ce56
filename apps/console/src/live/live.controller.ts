import { Controller, Get, Inject, Req, Sse, type MessageEvent } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { map, takeWhile, type Observable } from 'rxjs';
import type { History, Overview } from '../api/index.ts';
import { Guard } from '../http/guard.ts';
import { Stream } from '../http/route-access.ts';
import { LiveService } from './live.service.ts';

@Controller('api')
export class LiveController {
  constructor(
    @Inject(LiveService) private readonly live: LiveService,
    @Inject(Guard) private readonly guard: Guard,
  ) {}

  @Get('overview')
  overview(): Overview {
    return this.live.overview;
  }

  @Get('history')
  history(): History {
    return this.live.history;
  }

  @Sse('live')
  @Stream()
  stream(@Req() { sessionId }: FastifyRequest): Observable<MessageEvent> {
    const { sessions } = this.guard;
    return this.live.overviews.pipe(
      // It ends with the session, and keeps none alive: a page that is open is nobody who looks.
      takeWhile(() => sessionId === undefined || sessions.operatorOf(sessionId, false) !== undefined),
      map((overview) => ({ type: 'overview', data: overview })),
    );
  }
}
