import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { StackError } from '../lib/errors.mjs';
import { guardOrphan } from '../lib/orphan-guard.mjs';

const START = join(import.meta.dirname, '..', 'start.mjs');

/** Starts what `npm start` starts, shows its steps through `note`, and returns `{stop()}` once it is ready. */
export async function startOwnStack({ note, signal }) {
  // A process group of its own: a Ctrl-C in the terminal must reach us alone, or it would end before we are done with it.
  const child = spawn(process.execPath, [START], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const exited = new Promise((resolve) => child.once('close', resolve));
  if (child.pid !== undefined) void exited.then(guardOrphan(child.pid));
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  signal.addEventListener('abort', stop);

  let complaint = '';
  const ready = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      eachLine(stream, (line) => {
        if (line.startsWith('ready ')) resolve();
        else if (/^[…✔✘] /.test(line)) note(line);
        else complaint += `${line}\n`;
      });
    }
  });
  const failed = exited.then((code) => {
    throw signal.aborted
      ? signal.reason
      : new StackError(`${complaint.trim()}\nThe demo's own stack has ended (exit code ${code}).`);
  });
  await Promise.race([ready, failed]);
  failed.catch(() => {}); // Its end, later on, is what we ask it for.
  return { stop };
}

function eachLine(stream, use) {
  let rest = '';
  stream.setEncoding('utf8').on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop();
    lines.forEach((line) => use(line));
  });
}
