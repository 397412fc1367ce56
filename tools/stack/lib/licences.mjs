import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licences that ask for no more than their own text to be kept. Another one is a question for a person, not for a list to grow by itself. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
]);

/** The production packages of package-lock.json whose licence is not allowed, as lines; `root` is the checkout. */
export function licenceFaults(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([path, entry]) => path !== '' && entry.dev !== true)
    .map(([path, entry]) => ({ path, version: entry.version, licence: licenceOf(root, path, entry) }))
    .filter(({ licence }) => !isAllowed(licence))
    .map(({ path, version, licence }) => `${path.replace(/^.*node_modules\//, '')} ${version}: ${licence ?? 'says no licence'}`);
}

/** Whether an SPDX expression can be met by what is allowed: of `OR` one side is enough, of `AND` both are needed. */
export function isAllowed(expression) {
  if (typeof expression !== 'string') return false;
  const bare = expression.replace(/[()]/g, ' ');
  return bare.split(/ OR /).some((choice) => choice.split(/ AND /).every((licence) => ALLOWED.has(licence.trim())));
}

/** What is installed has the last word; the lock knows what is not, such as packages for other platforms. */
function licenceOf(root, path, { license }) {
  const manifest = join(root, path, 'package.json');
  if (!existsSync(manifest)) return license;
  const { license: own, licenses } = JSON.parse(readFileSync(manifest, 'utf8'));
  // `licenses` and `license.type` are npm's spelling of many years ago.
  return own?.type ?? own ?? licenses?.map(({ type }) => type).join(' OR ') ?? license;
}
