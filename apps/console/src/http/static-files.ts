import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface StaticFile {
  readonly contentType: string;
  readonly etag: string;
  readonly body: Buffer;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** What the page's import map names, from the installed packages: path, and the module as a program of ours would import it. */
const VENDOR: Readonly<Record<string, string>> = {
  '/vendor/preact.js': 'preact',
  '/vendor/preact-hooks.js': 'preact/hooks',
  '/vendor/preact-jsx-runtime.js': 'preact/jsx-runtime',
  '/vendor/uplot.js': 'uplot/dist/uPlot.esm.js',
  '/vendor/uplot.css': 'uplot/dist/uPlot.min.css',
};

const INDEX = '/index.html';

/** The page's files, read once: nothing else is ever served. */
export class StaticFiles {
  private readonly files = new Map<string, StaticFile>();
  readonly contentSecurityPolicy: string;

  /** @param folder where the built page is */
  constructor(folder: string) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) this.add(`/${relative(folder, path).split(sep).join('/')}`, path);
    }
    for (const [path, specifier] of Object.entries(VENDOR)) this.add(path, fileURLToPath(import.meta.resolve(specifier)));
    const index = this.files.get(INDEX);
    // Its views are behind the `#`, so the page has this one address beside its file's.
    if (index !== undefined) this.files.set('/', index);
    this.contentSecurityPolicy = policyFor(index?.body.toString() ?? '');
  }

  /** By address, as it is documented. */
  get byPath(): ReadonlyMap<string, StaticFile> {
    return this.files;
  }

  private add(path: string, file: string): void {
    const contentType = CONTENT_TYPES[extname(file)];
    if (contentType === undefined) return;
    const body = readFileSync(file);
    this.files.set(path, { contentType, body, etag: `"${sha256(body).slice(0, 22)}"` });
  }
}

/** Whether what a browser or a cache has kept is the file, by the `If-None-Match` that it sends: a list, and weak ones are good enough for a GET. */
export function isKept(ifNoneMatch: string | undefined, etag: string): boolean {
  const kept = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return kept.includes(etag) || kept.includes('*');
}

/** Scripts of ours only, and the page's import map, which has to be inline: it is allowed by its hash. */
function policyFor(html: string): string {
  const inline = [...html.matchAll(/<script type="importmap">([\s\S]*?)<\/script>/g)].map(
    ([, text = '']) => `'sha256-${sha256(text)}'`,
  );
  return [
    "default-src 'none'",
    ["script-src 'self'", ...inline].join(' '),
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('base64');
}
