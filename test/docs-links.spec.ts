import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { allPages, ROOT, type Page } from './docs-pages.ts';

const pages = allPages();
const anchors = new Map(pages.map((page) => [page.path, anchorsOf(page)]));

/** The anchors that a page's headings get on GitHub. */
function anchorsOf({ prose }: Page): Set<string> {
  const found = new Set<string>();
  for (const line of prose) {
    const heading = /^#{1,6} +(.*?) *$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const slug = slugOf(heading);
    let unique = slug;
    for (let n = 1; found.has(unique); n++) unique = `${slug}-${n}`;
    found.add(unique);
  }
  return found;
}

function slugOf(heading: string): string {
  const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-');
}

interface Link {
  readonly target: string;
  readonly line: number;
}

/** Every link and picture of a page, code apart. */
function linksOf({ prose }: Page): Link[] {
  return prose.flatMap((line, index) => {
    const text = line.replace(/`[^`]*`/g, '');
    return [...text.matchAll(/\]\(([^()\s]+(?:\([^()]*\))?)\)/g), ...text.matchAll(/^\[[^\]]+\]: +(\S+)/g)].map(
      ([, target = '']) => ({
        target,
        line: index + 1,
      }),
    );
  });
}

/** What is wrong with a link; undefined if nothing is, or if it leads out of the repository. */
function faultOf(page: Page, { target, line }: Link): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined;
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? page.path : normalize(join(dirname(page.path), decodeURIComponent(file)));
  const at = `${page.path}:${line}: ${target}`;
  if (path.startsWith('..') || !existsSync(join(ROOT, path))) return `${at}: there is no ${path}`;
  if (anchor === undefined) return undefined;
  const known = anchors.get(statSync(join(ROOT, path)).isDirectory() ? join(path, 'README.md') : path);
  return known?.has(anchor) === true ? undefined : `${at}: no heading gives #${anchor}`;
}

describe('links in the documents', () => {
  it.each(pages.map((page) => [page.path, page] as const))('%s leads to files and headings that are there', (_, page) => {
    expect(linksOf(page).flatMap((link) => faultOf(page, link) ?? [])).toEqual([]);
  });

  it('lead from the index to every page of docs', () => {
    const index = pages.find(({ path }) => path === 'docs/README.md');
    const linked = new Set(
      index === undefined ? [] : linksOf(index).map(({ target }) => normalize(join('docs', target.split('#')[0] ?? ''))),
    );
    const missing = pages
      .map(({ path }) => path)
      .filter((path) => /^docs\/[^/]+\.md$/.test(path) && path !== 'docs/README.md' && !linked.has(path));
    expect(missing).toEqual([]);
  });
});
