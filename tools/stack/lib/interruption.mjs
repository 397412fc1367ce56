/* global AbortController */
import { Interrupted } from './errors.mjs';

/** npm passes on the Ctrl-C that the terminal has sent us already: what comes this soon after the first is the same one. */
const SAME_KEYPRESS_MS = 1_000;
const PARENT_CHECK_MS = 500;

/**
 * Turns Ctrl-C, SIGTERM, a closed terminal and the death of npm into one aborted signal, whose reason is an Interrupted.
 * A second, later Ctrl-C calls `onImpatience`: whoever presses it does not want to wait for a clean end.
 */
export function listenForInterruption(onImpatience) {
  const controller = new AbortController();
  let firstAt;
  const interrupt = (reason) => {
    firstAt ??= Date.now();
    controller.abort(new Interrupted(reason));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => {
      if (firstAt !== undefined && Date.now() - firstAt > SAME_KEYPRESS_MS) onImpatience();
      interrupt(name);
    });
  }
  if (process.env.npm_lifecycle_event !== undefined) watchParent(interrupt);
  return controller.signal;
}

/** npm sends its SIGTERM to the shell that runs the script, and a shell dies of it without telling us: all we see is that it is gone. */
function watchParent(interrupt) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    interrupt('the parent process has ended');
  }, PARENT_CHECK_MS);
  timer.unref();
}
