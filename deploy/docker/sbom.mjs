// Prints the CycloneDX bill of materials of what runs in production, from package-lock.json: `npm run --silent sbom`.
//
// npm's own `--omit=dev` leaves out what a package of development happens to need as well (Nest itself, for one), so all is listed and then
// cut down to what the lock says is not for development alone.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const whole = JSON.parse(
  execFileSync('npm', ['sbom', '--package-lock-only', '--sbom-format=cyclonedx'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
  }),
);

const runs = new Set(
  Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { name = path.replace(/^.*node_modules\//, ''), version }]) => `${name}@${version}`),
);
const components = whole.components.filter((component) => runs.has(component['bom-ref']));
const kept = new Set([whole.metadata.component['bom-ref'], ...components.map((component) => component['bom-ref'])]);
const dependencies = whole.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));

process.stdout.write(`${JSON.stringify({ ...whole, components, dependencies }, null, 2)}\n`);
