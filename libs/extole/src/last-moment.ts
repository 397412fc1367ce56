import type { Dispatcher } from 'undici';
import { CallGivenUp } from './deadline.ts';

/**
 * Asks `maySend` when a connection has become free and the request's first byte is about to be written, and gives the call up if it says no.
 *
 * Between the decision to call and that moment lies the wait for a connection, and whatever time the process was frozen: long enough for the
 * user's events to have become another process's to deliver (P8), or for the user to have been deleted (P5).
 */
export function atTheLastMoment(maySend: () => boolean): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => dispatch(options, new AskingHandler(handler, maySend));
}

/** Passes everything on but a request that may not be sent. */
class AskingHandler implements Dispatcher.DispatchHandler {
  constructor(
    private readonly next: Dispatcher.DispatchHandler,
    private readonly maySend: () => boolean,
  ) {}

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.next.onRequestStart?.(controller, context);
    if (!this.maySend()) controller.abort(new CallGivenUp('CALL_NOT_SENT'));
  }

  onRequestUpgrade(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onRequestUpgrade']>>): void {
    this.next.onRequestUpgrade?.(...args);
  }

  onResponseStart(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>): void {
    this.next.onResponseStart?.(...args);
  }

  onResponseData(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseData']>>): void {
    this.next.onResponseData?.(...args);
  }

  onResponseEnd(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseEnd']>>): void {
    this.next.onResponseEnd?.(...args);
  }

  onResponseError(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseError']>>): void {
    this.next.onResponseError?.(...args);
  }
}
