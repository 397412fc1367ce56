import { spawn } from 'node:child_process';

/**
 * Sees to it that `pid` does not outlive this process: when this process dies without having stopped it, even by `kill -9`, it gets a SIGTERM
 * (and a SIGCONT, or one that is frozen would never hear of it).
 *
 * What we start runs in a process group of its own, so that a Ctrl-C reaches us alone and we can stop things in order; the price would be orphans that hold
 * ports and data. The guard is a shell that waits on a pipe whose other end only we hold: the kernel closes it when we die.
 *
 * Returns the function that ends the guard; call it once the process is gone.
 */
export function guardOrphan(pid) {
  const guard = spawn(
    '/bin/sh',
    ['-c', 'read -r _; kill -TERM "$1" 2>/dev/null; kill -CONT "$1" 2>/dev/null', 'orphan-guard', String(pid)],
    {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    },
  );
  guard.on('error', () => {}); // Without a shell there is no guard; everything else works as before.
  guard.stdin.on('error', () => {});
  guard.unref();
  guard.stdin.unref?.();
  return () => {
    guard.kill('SIGKILL');
  };
}
