import { join } from 'node:path';
import { StackError } from './errors.mjs';
import { runJest } from './jest-stage.mjs';
import { imageNode, imageNodeVersion } from './lts-node.mjs';

/** The edges, where Node itself is at work. The pure libraries take values and return decisions, which no Node decides otherwise. */
const SPECS = ['/apps/', '/libs/'];
/** And what puts many thousand inputs, one by one, through one place: minutes, on the Node of the machine already spent. */
const NOT_AGAIN = [
  'libs/(delivery|mapping|segment)/',
  'apps/console/web/',
  'hostile-(input|fuzz).spec',
  'every-spelling.spec',
  'fetch-answer.spec',
];
const END_TO_END = ['test/main-path.e2e.ts'];

/**
 * What people run, who take the image: specs of the edges and the main path, by the image's Node. `build` is the build stage, whose apps the main path runs.
 *
 * @returns `{passed, failures[], skipped}`
 */
export async function ltsStage({ root, build, progress, signal }) {
  const version = imageNodeVersion(root);
  if (process.versions.node.split('.')[0] === version.split('.')[0]) {
    progress.note(`\nNode ${version} of the image: skipped, the stages before ran on this Node ${process.versions.node}`);
    return { passed: 0, failures: [], skipped: 1 };
  }
  let node;
  try {
    node = await imageNode({ root, progress, signal });
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    progress.note(error.message);
    return { passed: 0, failures: [`lts: Node ${version} is not to be had`] };
  }
  const run = (project, patterns, extra) =>
    runJest({
      ...{ root, project, patterns, extra, progress, signal, node, label: `lts ${project}` },
      outputFile: join(root, '.cache', `jest-lts-${project}.json`),
    });

  const unit = await run('unit', SPECS, [
    '--maxWorkers=100%',
    ...NOT_AGAIN.map((pattern) => `--testPathIgnorePatterns=${pattern}`),
  ]);
  if ((await build()).failures.length > 0)
    return { ...unit, failures: [...unit.failures, 'lts: no main path, because the build failed'] };
  const e2e = await run('e2e', END_TO_END, []);
  return {
    passed: unit.passed + e2e.passed,
    failures: [...unit.failures, ...e2e.failures],
    skipped: (unit.skipped ?? 0) + (e2e.skipped ?? 0),
  };
}
