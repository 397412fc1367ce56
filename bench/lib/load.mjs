import { spawn } from 'node:child_process';

/** Runs the sender to its end and returns what it reports. `options` are its flags. */
export function runLoad(program, options) {
  const args = Object.entries(options).flatMap(([name, value]) => [`-${name}`, String(value)]);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, GOMAXPROCS: '1', GOGC: '400' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(JSON.parse(out)) : reject(new Error(`the sender failed: ${errors}`))));
  });
}
