import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import { PRESETS } from './presets.ts';

/**
 * The version of a mapping: `default` alone where nothing is configured, else the file's number (or `default`) and a hash of everything that
 * decides the bytes. Equal versions send equal bytes; the order of keys in the file does not count, as it does not in the bytes.
 */
export function mappingVersion(
  file: { readonly number: number; readonly content: unknown } | undefined,
  presets: readonly string[],
  labels: string | undefined,
): string {
  const label = labels === '' ? undefined : labels;
  if (file === undefined && label === undefined) return 'default';
  const content = { config: file?.content, labels: label, presets: presets.map((name) => PRESETS.get(name)) };
  const hash = createHash('sha256').update(canonicalJson(content)).digest('hex').slice(0, 8);
  return `${file?.number ?? 'default'}.${hash}`;
}
