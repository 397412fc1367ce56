import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Metrics } from '#observability';
import { Open, OpenToPrograms } from '../http/route-access.ts';
import { LiveService } from '../live/live.service.ts';

/** What orchestrators and Prometheus ask; needs no token and tells nothing about anybody. */
@Controller()
export class HealthController {
  constructor(
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(LiveService) private readonly live: LiveService,
  ) {}

  @Get('health/live')
  @Open()
  alive(): object {
    return { status: 'ok', reasons: [] };
  }

  /** Ready without a forwarder: the console is where one looks when they are gone. */
  @Get('health/ready')
  @Open()
  ready(@Res({ passthrough: true }) reply: FastifyReply): object {
    const { blindness } = this.live;
    if (blindness === undefined) return { status: 'ok', reasons: [] };
    void reply.status(503);
    return { status: 'unavailable', reasons: [blindness] };
  }

  @Get('metrics')
  @OpenToPrograms()
  async text(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.type(this.metrics.contentType);
    return this.metrics.text();
  }
}
