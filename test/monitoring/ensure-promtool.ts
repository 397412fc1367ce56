import { renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { existsSync } from 'node:fs';
import { cachedFolder } from '../sdk/cached-folder.ts';
import { runCommand } from '../sdk/run-command.ts';

/** The path of promtool: the system's own, or that of Debian's package `prometheus`, unpacked without being installed. */
export async function ensurePromtool(): Promise<string> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (existsSync(join(folder, 'promtool'))) return join(folder, 'promtool');
  }
  const folder = await cachedFolder({ name: 'promtool', madeFrom: 'promtool of the Debian package prometheus', make: unpack });
  return join(folder, 'promtool');
}

async function unpack(folder: string): Promise<void> {
  const shell = (script: string) => runCommand('sh', ['-ec', `cd '${folder}'; ${script}`], { timeoutMs: 5 * 60_000 });
  try {
    await shell('apt-get download -q prometheus');
  } catch {
    // A fresh container has no package lists.
    await shell('apt-get update -q; apt-get download -q prometheus');
  }
  await shell('dpkg-deb --fsys-tarfile prometheus_*.deb | tar -xf - ./usr/bin/promtool; rm prometheus_*.deb');
  renameSync(join(folder, 'usr/bin/promtool'), join(folder, 'promtool'));
  rmSync(join(folder, 'usr'), { recursive: true });
}
