import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process was started, in whatever unit the system has, or undefined when no such process runs.
 *
 * A process id alone does not name a process: after a crash or a reboot the id in a file may belong to a stranger. The id together with this
 * value does. A zombie counts as gone: nobody may have reaped it, but it holds no port, lock or file any more.
 */
export function processStart(pid) {
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
}

/** Whether the process that `{pid, start}` was written down for still runs. */
export function isSameProcess({ pid, start }) {
  return start !== undefined && processStart(pid) === start;
}

function startFromProc(pid) {
  try {
    // The name in parentheses may hold spaces and parentheses itself, so count the fields from its end: state is the 3rd of all, start the 22nd.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function startFromPs(pid) {
  try {
    const [state, ...start] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return state?.startsWith('Z') ? undefined : start.join(' ');
  } catch {
    return undefined;
  }
}
