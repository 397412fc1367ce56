import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Compiles the core and its simulated world, which are in no build of the apps, to plain modules: jest's sandbox makes every access to a
 * global dear, and a simulation is made of nothing else.
 *
 * @returns the path of the compiled `simulate.js`.
 */
export async function compileSimulation(root) {
  const out = join(root, '.cache', 'simulation');
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const child = spawn(process.execPath, [tsc, '-p', join(root, 'tools', 'simulation', 'tsconfig.json')], { stdio: 'inherit' });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the simulation does not compile (tsc ended with ${code})`);
  // The imports map, so that '#segment' means what was compiled along.
  copyFileSync(join(root, 'tools', 'simulation', 'package.template.json'), join(out, 'package.json'));
  return join(out, 'libs/delivery/src/testing/simulate.js');
}
