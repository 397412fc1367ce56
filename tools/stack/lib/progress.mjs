import { styleText } from 'node:util';

/** A step that takes less than this says nothing until it is done. */
const QUIET_MS = 500;
const TERMINAL_TICK_MS = 1_000;
/** Where nothing can be overwritten every word stays, so there are fewer. */
const PLAIN_TICK_MS = 10_000;

/**
 * Shows slow steps: on a terminal one line per step with its seconds running, elsewhere a line when it begins, one every ten seconds, and one when it ends.
 *
 * `step(name, work)` runs `work(detail)` and returns its result; `detail(text)` shows where the step stands. `note(text)` prints a line of its own.
 */
export function createProgress(out = process.stdout) {
  const terminal = out.isTTY === true && process.env.TERM !== 'dumb';
  const line = (text) => out.write(terminal ? `\r\x1b[2K${text}\n` : `${text}\n`);

  async function step(name, work) {
    const startedAt = Date.now();
    const seconds = () => ((Date.now() - startedAt) / 1000).toFixed(1);
    let detail = '';
    const show = () => {
      const text = `… ${name} ${seconds()} s${detail && ` (${detail})`}`;
      if (terminal) out.write(`\r\x1b[2K${text.slice(0, (out.columns ?? 80) - 1)}`);
      else line(text);
    };
    const first = setTimeout(show, QUIET_MS);
    const ticker = setInterval(show, terminal ? TERMINAL_TICK_MS : PLAIN_TICK_MS);
    try {
      const result = await work((text) => {
        detail = text;
        show();
      });
      line(`${mark('green', '✔')} ${name} ${seconds()} s`);
      return result;
    } catch (error) {
      line(`${mark('red', '✘')} ${name} ${seconds()} s`);
      throw error;
    } finally {
      clearTimeout(first);
      clearInterval(ticker);
    }
  }

  return { step, note: line };

  function mark(color, text) {
    return terminal ? styleText(color, text) : text;
  }
}
