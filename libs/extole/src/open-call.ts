import type { Dispatcher } from 'undici';
import type { Answer } from './call.ts';
import { CallGivenUp } from './call-given-up.ts';

const NOTHING = Buffer.alloc(0);

export interface OpenCallOptions {
  readonly timeoutMs: number;
  /** A longer body is cut off there (P9). */
  readonly maxBodyBytes: number;
  readonly maySend: (() => boolean) | undefined;
  /** The call is over, however it has ended. */
  readonly ended: (call: OpenCall) => void;
}

/**
 * One call under way, as undici's `dispatch` tells of it: no stream, no signal and no interceptor for each call, which together cost more than the
 * call itself (docs/performance).
 *
 * One clock for connection, headers and body, because undici's own timeouts start anew with every byte: a trickle would never end.
 */
export class OpenCall implements Dispatcher.DispatchHandler {
  /** Settles once, with the answer or with why there is none. */
  readonly answer: Promise<Answer>;
  private settle: { readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void } | undefined;
  private readonly timer: NodeJS.Timeout;
  private controller: Dispatcher.DispatchController | undefined;
  private status = 0;
  private headers: Answer['headers'] = {};
  private body: Buffer = NOTHING;

  constructor(private readonly options: OpenCallOptions) {
    this.answer = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    this.timer = setTimeout(() => this.giveUp(new CallGivenUp('CALL_TIMEOUT')), options.timeoutMs);
  }

  /**
   * A connection has become free and the request's first byte is about to be written.
   *
   * Between the decision to call and this moment lies the wait for a connection, and whatever time the process was frozen: long enough for the
   * user's events to have become another process's to deliver (P8), or for the user to have been deleted (P5). An abort in here comes before the
   * first byte.
   */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.settle === undefined) controller.abort(new CallGivenUp('CALL_ABORTED'));
    else if (this.options.maySend?.() === false) this.giveUp(new CallGivenUp('CALL_NOT_SENT'));
  }

  /** May come several times: an answer 103 precedes the real one. */
  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Answer['headers']): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // Nearly every answer comes in one piece.
    this.body = this.body === NOTHING ? chunk : Buffer.concat([this.body, chunk]);
    if (this.body.length <= this.options.maxBodyBytes) return;
    // Cut off and the connection given up, rather than read to an end that may never come.
    this.answered();
    controller.abort(new CallGivenUp('CALL_ABORTED'));
  }

  onResponseEnd(): void {
    this.answered();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.end()?.reject(error);
  }

  /** Ends it unanswered: Extole may have taken it or not. */
  withdraw(): void {
    this.giveUp(new CallGivenUp('CALL_ABORTED'));
  }

  private answered(): void {
    const { status, headers, body } = this;
    this.end()?.resolve({ status, headers, body: body.toString('utf8', 0, this.options.maxBodyBytes) });
  }

  /** Ends the call at once; if it still waits for a connection, its turn will find it ended. */
  private giveUp(reason: CallGivenUp): void {
    this.end()?.reject(reason);
    this.controller?.abort(reason);
  }

  private end(): typeof this.settle {
    const { settle } = this;
    this.settle = undefined;
    clearTimeout(this.timer);
    if (settle !== undefined) this.options.ended(this);
    return settle;
  }
}
