import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LogUnavailableError } from '#event-log';
import { errorFields, type Logger } from '#observability';
import { doorOf } from '../doors/door.ts';
import { IntakeMetrics } from '../intake/intake-metrics.ts';
import { LOGGER } from '../tokens.ts';
import { answerToError } from './answer-to-error.ts';
import { Overload } from './overload.ts';

/** Answers every error in the style of its door; only what nobody expected is logged. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(IntakeMetrics) private readonly metrics: IntakeMetrics,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const answer = answerToError(error, doorOf(request));
    if (answer.status === 500) this.logger.error('request_failed', errorFields(error));
    if (answer.retryAfterSeconds !== undefined) {
      this.metrics.countTurnedAway(answer.status, reasonOf(error));
      void reply.header('retry-after', String(answer.retryAfterSeconds));
    }
    void reply.status(answer.status).send(answer.body);
  }
}

/** The code of one of our own errors: they alone ask for a request to be repeated. */
function reasonOf(error: unknown): string {
  return error instanceof LogUnavailableError || error instanceof Overload ? error.code : 'unknown';
}
