import { execFile } from 'node:child_process';

/** Known vulnerabilities are looked for in what is installed in production, from this severity on. */
const SEVERITIES = ['high', 'critical'];
const TIMEOUT_MS = 60_000;

/** Asks the registry about the production packages: `{kind: 'clean' | 'vulnerable' | 'unavailable', lines[]}`. */
export async function audit({ root, signal }) {
  const args = ['audit', '--omit=dev', `--audit-level=${SEVERITIES[0]}`, '--json'];
  const output = await new Promise((resolve, reject) => {
    // A non-zero exit is an answer as well: the report is on stdout in either case.
    execFile('npm', args, { cwd: root, signal, timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 ** 2 }, (error, stdout) =>
      signal?.aborted ? reject(signal.reason) : resolve(stdout),
    );
  });
  return readAudit(output);
}

/** What `npm audit --json` has printed. Many private registries offer no audits: that is no finding, and no all-clear either. */
export function readAudit(output) {
  const report = parsed(output);
  if (typeof report?.vulnerabilities !== 'object') {
    const why = report?.message ?? report?.error?.summary ?? 'it did not answer';
    // The reason without the registry's address.
    return { kind: 'unavailable', lines: [String(why).replace(/ - .*$/s, '')] };
  }
  const found = Object.values(report.vulnerabilities).filter(({ severity }) => SEVERITIES.includes(severity));
  const lines = found.map(
    ({ name, severity, range, fixAvailable }) => `${name} ${range}: ${severity}${fixAvailable ? ', a fix is available' : ''}`,
  );
  return { kind: found.length > 0 ? 'vulnerable' : 'clean', lines };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
