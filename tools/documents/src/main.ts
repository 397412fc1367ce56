import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedDocuments } from './documents.ts';

// npm run documents: writes every document that is made from the code. npm runs scripts in the root of the checkout.
const root = process.cwd();
for (const { path, text } of await generatedDocuments(root)) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  process.stdout.write(`${path}\n`);
}
