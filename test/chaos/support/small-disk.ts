import { spawnSync } from 'node:child_process';
import { tempFolder } from '../../support/temp-folder.ts';
import { atTestEnd } from '../../support/test-end.ts';

/** Whether this process may mount a file system; without it a full or read-only disk cannot be had. */
export function mayMount(): boolean {
  const folder = tempFolder('mount-probe');
  if (process.getuid?.() !== 0 || !mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder)) return false;
  unmount(folder);
  return true;
}

/** A file system of its own of `kilobytes`, gone with the test. Returns its folder. */
export function smallDisk(kilobytes: number): string {
  const folder = tempFolder('disk');
  if (!mount('-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder)) throw new Error('no file system could be mounted');
  atTestEnd(() => unmount(folder));
  return folder;
}

/** Makes a {@link smallDisk} read-only, as a kernel does with a disk that has failed. Not even root can write then. */
export function makeReadOnly(folder: string): void {
  if (!mount('-o', 'remount,ro', folder)) throw new Error('the file system could not be made read-only');
}

function mount(...args: readonly string[]): boolean {
  return spawnSync('mount', args, { stdio: 'ignore' }).status === 0;
}

function unmount(folder: string): void {
  spawnSync('umount', ['-l', folder], { stdio: 'ignore' });
}
