import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from '../stack/lib/command.mjs';

/**
 * Compiles the core and its simulated world, which are in no build of the apps, to plain modules: jest's sandbox makes every access to a
 * global dear, and a simulation is made of nothing else.
 *
 * @returns the path of the compiled `simulate.js`.
 */
export async function compileSimulation(root, signal) {
  const out = join(root, '.cache', 'simulation');
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [tsc, '-p', join(root, 'tools', 'simulation', 'tsconfig.json')];
  await runQuietly(process.execPath, args, { cwd: root, signal, what: 'the compilation of the simulation' });
  // The imports map, so that '#segment' means what was compiled along.
  copyFileSync(join(root, 'tools', 'simulation', 'package.template.json'), join(out, 'package.json'));
  return join(out, 'libs/delivery/src/testing/simulate.js');
}
