import { spawn } from 'node:child_process';
import { StackError } from './errors.mjs';

/**
 * Runs a command to its end without showing its output; a failure throws a StackError with its last `maxLines`. An aborted `signal` ends the command.
 */
export function runQuietly(command, args, { cwd, env = process.env, signal, what, maxLines = 40 }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk) => (output += chunk);
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.on('error', (error) =>
      reject(signal?.aborted ? signal.reason : new StackError(`${what} could not be run: ${error.message}`)),
    );
    child.on('close', (code) => {
      if (code === 0) return resolve();
      reject(
        signal?.aborted ? signal.reason : new StackError(`${what} failed (exit code ${code}):\n${lastLines(output, maxLines)}`),
      );
    });
  });
}

function lastLines(text, count) {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n');
}
