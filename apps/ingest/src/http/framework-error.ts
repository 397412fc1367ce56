import type { FastifyReply, FastifyRequest } from 'fastify';
import { doorOf } from '../doors/door.ts';
import { answerToError } from './answer-to-error.ts';
import { Refusal } from './refusal.ts';

/** Answers paths that Fastify cannot even look up (a broken escape, a part that is too long). Its own answer would quote them. */
export function answerToFrameworkError(_: Error, request: FastifyRequest, reply: FastifyReply): void {
  const { status, body } = answerToError(new Refusal(404, 'not found'), doorOf(request));
  void reply.status(status).send(body);
}
