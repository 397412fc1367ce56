import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Metrics } from '#observability';

/** What orchestrators and Prometheus ask; needs no token and tells nothing about anybody. */
@Controller()
export class HealthController {
  constructor(@Inject(Metrics) private readonly metrics: Metrics) {}

  @Get('health/live')
  live(): object {
    return { status: 'ok', reasons: [] };
  }

  @Get('health/ready')
  ready(): object {
    return { status: 'ok', reasons: [] };
  }

  @Get('metrics')
  async text(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.type(this.metrics.contentType);
    return this.metrics.text();
  }
}
