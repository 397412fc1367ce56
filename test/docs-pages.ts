import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = new URL('..', import.meta.url).pathname;

/** Folders without a page of ours. */
const NOT_OURS = new Set(['node_modules', 'dist', 'coverage']);

/** A fenced block of a page. */
export interface Fence {
  /** What stands after the backticks: `sh`, `json event`, `sh no-test: why`. */
  readonly info: string;
  readonly text: string;
  /** The line of its first backticks, from 1. */
  readonly line: number;
}

/** One markdown file of the repository. */
export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly fences: readonly Fence[];
  /** The text without its fenced blocks, line for line. */
  readonly prose: readonly string[];
}

/** Every markdown file of the repository, in order of their paths. */
export function allPages(folder = ''): Page[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name.startsWith('.') || NOT_OURS.has(entry.name) ? [] : allPages(path);
      return entry.name.endsWith('.md') ? [readPage(path)] : [];
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

export function readPage(path: string): Page {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return { path, text, ...split(text.split('\n')) };
}

function split(lines: readonly string[]): Pick<Page, 'fences' | 'prose'> {
  const fences: Fence[] = [];
  const prose: string[] = [];
  let open: { info: string; line: number; content: string[] } | undefined;
  for (const [index, line] of lines.entries()) {
    const fence = /^ *```(.*)$/.exec(line);
    if (fence === null) (open?.content ?? prose).push(line);
    else if (open === undefined) open = { info: (fence[1] ?? '').trim(), line: index + 1, content: [] };
    else {
      fences.push({ info: open.info, line: open.line, text: open.content.join('\n') });
      open = undefined;
    }
    if (fence !== null || open !== undefined) prose[index] ??= '';
  }
  return { fences, prose };
}

/** The sections of a page: the text of a heading of this depth, and what stands below it up to the next one. */
export function sectionsOf(page: Page, depth: number): { readonly title: string; readonly page: Page }[] {
  const marker = `${'#'.repeat(depth)} `;
  const parts = page.text.split(new RegExp(`^${marker}`, 'm')).slice(1);
  return parts.map((part) => {
    const [title = '', ...lines] = part.split('\n');
    return { title, page: { path: page.path, text: lines.join('\n'), ...split(lines) } };
  });
}

/** The rows of every table of a page, as the texts of their cells; without the heads and the lines below them. */
export function tableRows(page: Page): string[][] {
  const rows: string[][] = [];
  let isInTable = false;
  for (const [index, line] of page.prose.entries()) {
    const isRow = line.startsWith('|');
    const isHead = isRow && !isInTable && /^\|[-| :]+\|$/.test(page.prose[index + 1] ?? '');
    isInTable = isRow;
    if (isRow && !isHead && !/^\|[-| :]+\|$/.test(line)) rows.push(cellsOf(line));
  }
  return rows;
}

/** A `\|` is no border. */
function cellsOf(line: string): string[] {
  return line
    .replace(/^\||\|\s*$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/** The first `code` of a text; undefined if it has none. */
export function codeOf(text: string): string | undefined {
  return /`([^`]*)`/.exec(text)?.[1];
}
