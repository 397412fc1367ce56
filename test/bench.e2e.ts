import { spawn } from 'node:child_process';
import { sharedBrokers } from './support/test-kafka.ts';

const ROOT = new URL('..', import.meta.url).pathname;
/** The sections that between them use every part; the contestants of others take minutes to build. */
const SECTIONS = ['forwarding', 'ingest', 'functions'];

/** `npm run bench` at its smallest scale, with the apps as they are built; what it has printed, and its exit code. */
async function smokeRun(): Promise<{ code: number | null; output: string }> {
  const { PATH = '', HOME = '', JAVA_HOME = '' } = process.env;
  const sections = SECTIONS.flatMap((section) => ['--only', section]);
  const args = ['bench/run.mjs', '--smoke', '--built', '--brokers', sharedBrokers(), '--contestant', 'ours', ...sections];
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { PATH, HOME, JAVA_HOME }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output };
}

test('the benchmarks run, judge what they measure, and say so where something is missing', async () => {
  const { code, output } = await smokeRun();
  if (code !== 0) throw new Error(output);
  if (output.includes('skipped: everything')) return;
  expect(output).toContain('order errors, overlaps');
  expect(output).toContain('CPU µs per event');
  expect(output).toContain('ns, median');
}, 180_000);
