import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ROOT } from './docs-pages.ts';

/** What a file names in `import`, `export … from`, `import type`, `import()`. */
const IMPORTED = /\b(?:from|import) *\(?\s*'([.#][^']*)'/g;

/** Every source file of the apps, libraries and tools: which others of them it imports, types included. */
function importsByFile(): Map<string, string[]> {
  const paths = ['apps', 'libs', 'tools']
    .flatMap((room) => readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' }).map((path) => join(room, path)))
    .filter((path) => /\.(ts|tsx|mjs)$/.test(path) && !path.includes('node_modules'));
  return new Map(
    paths.sort().map((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8');
      return [path, [...text.matchAll(IMPORTED)].flatMap(([, name = '']) => fileOf(path, name) ?? [])];
    }),
  );
}

function fileOf(importer: string, name: string): string | undefined {
  const path = name.startsWith('#') ? `libs/${name.slice(1)}/src/index.ts` : normalize(join(dirname(importer), name));
  return existsSync(join(ROOT, path)) ? path : undefined;
}

/** Circles of imports, each as the files one passes; all are open if this is empty, though one may hide behind another. */
function circlesOf(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const left = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file]);
    else if (!left.has(file)) for (const imported of imports.get(file) ?? []) visit(imported, [...way, file]);
    left.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return circles;
}

describe('imports', () => {
  const imports = importsByFile();

  it('are found', () => {
    expect(imports.get('libs/config/src/index.ts')).toContain('libs/config/src/model.ts');
    expect(imports.get('apps/cli/src/sources.ts')).toEqual(['libs/config/src/index.ts', 'apps/cli/src/cli-error.ts']);
  });

  it('go round in no circle: what two files need of each other is a third one', () => {
    expect(circlesOf(imports).map((circle) => circle.join(' -> '))).toEqual([]);
  });
});
