import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { errorFields, type Logger } from '#observability';
import { LOG } from '../tokens.ts';
import { answerToError } from './answer-to-error.ts';

/** Answers every error as `{message}`; only what nobody expected is logged. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOG) private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const { status, body } = answerToError(error);
    if (status >= 500) this.log.error('request_failed', { status, ...errorFields(error) });
    void host.switchToHttp().getResponse<FastifyReply>().status(status).send(body);
  }
}
