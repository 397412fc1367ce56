import 'reflect-metadata';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import asyncApiSpecs from '@asyncapi/specs';
import type { GeneratedDocument } from './document.ts';
import { generatedDocuments } from './documents.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

describe('the documents that are made from the code', () => {
  let documents: GeneratedDocument[];
  const parsed = (path: string): Record<string, unknown> =>
    JSON.parse(documents.find((document) => document.path === path)?.text ?? 'null') as Record<string, unknown>;

  beforeAll(async () => {
    documents = await generatedDocuments(ROOT);
  }, 60_000);

  it('are up to date (if not: npm run documents)', () => {
    const stale = documents.filter(
      ({ path, text }) => !existsSync(join(ROOT, path)) || readFileSync(join(ROOT, path), 'utf8') !== text,
    );
    expect(stale.map(({ path }) => path)).toEqual([]);
  });

  it('are all that stands among them', () => {
    const standing = readdirSync(join(ROOT, 'docs/interfaces'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1));
    expect(standing.sort()).toEqual(
      documents
        .map(({ path }) => path)
        .filter((path) => path.startsWith('docs/interfaces/'))
        .sort(),
    );
  });

  it('describe the topics as AsyncAPI asks for it', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    // AsyncAPI knows formats of its own, such as uri-reference variants, that ajv need not check.
    const validate = ajv.compile(asyncApiSpecs.schemasWithoutId['3.0.0'] as object);
    validate(parsed('docs/interfaces/asyncapi.json'));
    expect(validate.errors ?? []).toEqual([]);
  });

  it('hold JSON Schemas that a strict reader takes', () => {
    const schemas = documents.filter(({ path }) => path.startsWith('docs/interfaces/schemas/'));
    expect(schemas.length).toBe(8);
    for (const { path, text } of schemas) {
      const ajv = new Ajv({ strict: true });
      addFormats.default(ajv);
      expect(() => ajv.compile(JSON.parse(text) as object)).not.toThrow();
      expect(path).toMatch(/\.json$/);
    }
  });

  it('describe every door', () => {
    const { paths } = parsed('docs/interfaces/openapi.json') as { paths: Record<string, unknown> };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/track', '/v1/identify', '/v1/batch', '/v1/delete', '/segment', '/webhooks/segment']),
    );
  });
});
