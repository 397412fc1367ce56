import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '../../support/temp-folder.ts';

const LIBRARY = 'faketime/libfaketimeMT.so.1';

/** A wall clock that can be set while a process runs under it. Its monotonic clock stays true, as on a machine whose time is corrected. */
export class FakeClock {
  private readonly file = join(tempFolder('clock'), 'offset');

  constructor(private readonly library: string) {
    this.set(0);
  }

  /** What a process needs in its environment to live by this clock. */
  get env(): Record<string, string> {
    return {
      LD_PRELOAD: this.library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** Sets it to so many seconds beside the true time; seen within a second. */
  set(offsetSeconds: number): void {
    // Renamed, so that nobody ever reads half of it.
    writeFileSync(`${this.file}.new`, `${offsetSeconds < 0 ? '-' : '+'}${Math.abs(offsetSeconds)}\n`);
    renameSync(`${this.file}.new`, this.file);
  }
}

/** Where libfaketime is; installed from Debian's package when root may do so, undefined if it cannot be had. */
export function findFaketime(): string | undefined {
  return installedFaketime() ?? (install() ? installedFaketime() : undefined);
}

function installedFaketime(): string | undefined {
  const folders = ['/usr/lib', '/usr/lib64', '/usr/local/lib'].filter(existsSync);
  const architectures = folders.flatMap((folder) => [folder, ...readdirSync(folder).map((name) => join(folder, name))]);
  return architectures.map((folder) => join(folder, LIBRARY)).find(existsSync);
}

function install(): boolean {
  if (process.getuid?.() !== 0) return false;
  const { status } = spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'faketime'], { stdio: 'ignore' });
  return status === 0;
}
