import { Controller, Get, Inject, Sse, type MessageEvent } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import type { History, Overview } from '../api/index.ts';
import { LiveService } from './live.service.ts';

@Controller('api')
export class LiveController {
  constructor(@Inject(LiveService) private readonly live: LiveService) {}

  @Get('overview')
  overview(): Overview {
    return this.live.overview;
  }

  @Get('history')
  history(): History {
    return this.live.history;
  }

  @Sse('live')
  stream(): Observable<MessageEvent> {
    return this.live.overviews.pipe(map((overview) => ({ type: 'overview', data: overview })));
  }
}
