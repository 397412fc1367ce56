import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorFields, type Logger } from '#observability';
import { LOGGER } from '../tokens.ts';
import { answerToError } from './answer-to-error.ts';

/** Answers every error in the style of its door; only what nobody expected is logged. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const answer = answerToError(error, request.url);
    if (answer.status === 500) this.logger.error('request_failed', errorFields(error));
    if (answer.retryAfterSeconds !== undefined) void reply.header('retry-after', String(answer.retryAfterSeconds));
    void reply.status(answer.status).send(answer.body);
  }
}
