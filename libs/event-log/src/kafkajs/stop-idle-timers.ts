import { createRequire } from 'node:module';

interface RequestQueuePrototype {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests: (this: RequestQueuePrototype) => void;
}

let done = false;

/**
 * Every connection of kafkajs 2.2.4 that has answered once looks for pending requests every millisecond for ever, also when it has none
 * (it sets a timer with a negative delay): about 6 % of a core per process in the measurements. Without a pending request there is nothing
 * to look for; `push` schedules the look-up itself when it queues one.
 */
export function stopIdleTimers(): void {
  if (done) return;
  done = true;
  const require = createRequire(import.meta.url);
  const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueuePrototype };
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this);
  };
}
