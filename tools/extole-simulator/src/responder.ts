import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import { faultAnswer } from './errors.ts';
import type { Fault } from './faults.ts';

const TRICKLE_INTERVAL_MS = 100;

/** What the responder tells while it answers. */
export interface Progress {
  /** The status line is about to be sent. */
  readonly answered: (status: number) => void;
  /** The last byte is about to be handed to the system: from here on the caller may have the answer. */
  readonly ended: () => void;
}

/** Sends an answer, as it is or the way a fault wants it. `truth` is what Extole would say without the fault. */
export function respond(response: ServerResponse, truth: Answer, fault: Fault | undefined, progress: Progress): void {
  if (response.destroyed) return;
  switch (fault?.kind) {
    case undefined:
    case 'slow':
      return sendWhole(response, truth, progress);
    case 'status':
      return sendWhole(response, withRetryAfter(faultAnswer(fault.status ?? 500, fault.code), fault), progress);
    case 'garbage':
      return sendWhole(response, { status: fault.status ?? 200, body: '<html>gateway</html' }, progress);
    case 'redirect':
      return sendWhole(response, { status: fault.status ?? 302, body: '', headers: { location: '/redirected' } }, progress);
    case 'empty204':
      return sendWhole(response, { status: 204, body: '' }, progress);
    case 'half':
      return sendHalf(response, truth, progress);
    case 'trickle':
      return trickle(response, truth, fault.latencyMs ?? TRICKLE_INTERVAL_MS, progress);
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'hang':
      // The connection's end, by the caller or by a shutdown, ends the call.
      return;
  }
}

function sendWhole(response: ServerResponse, answer: Answer, progress: Progress): void {
  progress.answered(answer.status);
  progress.ended();
  writeHead(response, answer, Buffer.byteLength(answer.body));
  // A string, because Node sends it in one write with the head; a buffer would cost a second one.
  response.end(answer.body);
}

function sendHalf(response: ServerResponse, answer: Answer, progress: Progress): void {
  const body = Buffer.from(answer.body);
  progress.answered(answer.status);
  writeHead(response, answer, body.length);
  // The reset waits until the half has left, or it would overtake it.
  response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.socket?.resetAndDestroy());
}

function trickle(response: ServerResponse, answer: Answer, intervalMs: number, progress: Progress): void {
  const body = Buffer.from(answer.body);
  let sent = 0;
  progress.answered(answer.status);
  writeHead(response, answer, body.length);
  response.flushHeaders();
  const timer = setInterval(() => {
    const byte = body.subarray(sent, ++sent);
    if (sent < body.length) return void response.write(byte);
    clearInterval(timer);
    progress.ended();
    response.end(byte);
  }, intervalMs);
  response.once('close', () => clearInterval(timer));
}

function writeHead(response: ServerResponse, answer: Answer, length: number): void {
  // A 204 has neither body nor length.
  const headers = answer.status === 204 ? {} : { 'content-type': 'application/json', 'content-length': length };
  response.writeHead(answer.status, { ...headers, ...answer.headers });
}

function withRetryAfter(answer: Answer, fault: Fault): Answer {
  return fault.retryAfterSeconds === undefined
    ? answer
    : { ...answer, headers: { 'retry-after': String(fault.retryAfterSeconds) } };
}
