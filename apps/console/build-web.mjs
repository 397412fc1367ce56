import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';

/**
 * Builds the console's page: TypeScript to ES modules that browsers load as they are (no bundler), the style sheets one after the other to
 * `page.css`, and the files that need no building beside them, in dist/apps/console/web. `nest build` builds the rest.
 */
const ROOT = resolve(import.meta.dirname, '..', '..');
const WEB = join('apps', 'console', 'web');
const TARGET = join(ROOT, 'dist', WEB);
const STATIC = ['.html', '.svg', '.png', '.ico', '.woff2'];
/** A sheet stands beside what it is of, and its folder's layer wins over those before it, whatever the selectors say: a view over a generic part. */
const LAYERS = ['styles', 'ui', 'components', 'frame', 'views'];

const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', join(WEB, 'tsconfig.build.json')], { cwd: ROOT, stdio: 'inherit' });
if (status !== 0) process.exit(1);

for (const path of filesOf('.', STATIC)) {
  const target = join(TARGET, path);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(join(ROOT, WEB, path), target);
}

const sheets = LAYERS.flatMap((layer) =>
  filesOf(layer, ['.css']).map((path) => `@layer ${layer} {\n${readFileSync(join(ROOT, WEB, path), 'utf8')}}\n`),
);
writeFileSync(join(TARGET, 'page.css'), [`@layer ${LAYERS.join(', ')};\n`, ...sheets].join('\n'));

/** By their paths from the page's folder, in an order that is the same on every machine. */
function filesOf(folder, extensions) {
  return readdirSync(join(ROOT, WEB, folder), { recursive: true })
    .filter((name) => extensions.includes(extname(name)))
    .map((name) => join(folder, name))
    .sort();
}
