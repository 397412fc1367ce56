import { spawnSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';

/** What the figures were measured on, as a line of the report. */
export function machine() {
  const go = spawnSync('go', ['version'], { encoding: 'utf8' }).stdout?.split(' ')[2] ?? 'no Go';
  const java = /"([^"]+)"/.exec(spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr ?? '')?.[1] ?? 'no Java';
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${memory} GB, Linux ${release()}, Node ${process.version}, Java ${java}, ${go}; load average at the start ${loadavg()[0]?.toFixed(2)}`;
}
