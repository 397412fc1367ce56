import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `condition` returns something truthy, and returns that. An error thrown by the condition counts as "not yet".
 *
 * `describe` (a text, or a function that makes one) says what was waited for: past `timeoutMs` it is in the error, with the condition's last error.
 * `until` is a promise whose rejection ends the wait early, with its error: a child that died will never become ready. So does an aborted `signal`.
 */
export async function waitFor(condition, { timeoutMs = 30_000, intervalMs = 100, describe = 'a condition', until, signal } = {}) {
  const deadline = Date.now() + timeoutMs;
  let ended;
  until?.catch((error) => (ended = error));
  for (;;) {
    signal?.throwIfAborted();
    let lastError;
    try {
      const value = await condition();
      if (value) return value;
    } catch (error) {
      lastError = error;
    }
    if (ended !== undefined) throw ended;
    if (Date.now() > deadline) {
      const what = typeof describe === 'function' ? describe() : describe;
      throw new Error(
        `Waited ${Math.round(timeoutMs / 1000)} s in vain for ${what}.${lastError ? ` Last: ${lastError.message}` : ''}`,
      );
    }
    await sleep(intervalMs);
  }
}
