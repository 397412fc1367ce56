import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs one jest project, its own progress on the screen; returns `{passed, failures[], skipped}`. `node` is the executable that runs it and, by it, the apps; `label` what it is
 * called in what is told.
 */
export async function runJest({
  root,
  project,
  patterns,
  extra,
  outputFile,
  progress,
  signal,
  node = process.execPath,
  label = project,
}) {
  rmSync(outputFile, { force: true }); // The counts of an earlier run must never be taken for this one's.
  progress.note(`\n${label} tests (jest)`);
  const args = [
    ...[
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
    ],
    // The patterns come first: --selectProjects would take what follows it for names of projects.
    ...[...patterns, '--selectProjects', project, '--json', `--outputFile=${outputFile}`, '--passWithNoTests', ...extra],
  ];
  const exitCode = await runVisibly(node, args, root, signal);
  const report = readReport(outputFile);
  if (report === undefined)
    return { passed: 0, failures: [`${label}: jest ended with exit code ${exitCode} before it could report`] };

  const failures = report.testResults.flatMap((file) => failuresOf(label, file, root));
  // A failure outside of any test, such as a process that outlived them all.
  if (exitCode !== 0 && failures.length === 0)
    failures.push(`${label}: jest ended with exit code ${exitCode} although no test failed`);
  return { passed: report.numPassedTests, failures, skipped: report.numPendingTests + report.numTodoTests };
}

function runVisibly(node, args, cwd, signal) {
  return new Promise((resolve, reject) => {
    // With --json the report goes to stdout as well as to the file; jest's own progress is on stderr.
    const child = spawn(node, args, { cwd, signal, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    child.on('close', (code) => (signal.aborted ? reject(signal.reason) : resolve(code)));
  });
}

function readReport(outputFile) {
  try {
    return JSON.parse(readFileSync(outputFile, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The failed tests of a file, or the file itself when it could not be run. */
function failuresOf(label, { name, status, assertionResults }, root) {
  const path = name.startsWith(root) ? name.slice(root.length + 1) : name;
  const failed = assertionResults
    .filter((result) => result.status === 'failed')
    .map((result) => `${label}: ${path} › ${result.fullName}`);
  return status === 'failed' && failed.length === 0 ? [`${label}: ${path} could not be run`] : failed;
}
