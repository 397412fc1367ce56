import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A hash over the names and contents of files, so that neither a checkout's nor a copy's times matter. Folders are searched for what `includes(name)`. */
export function fingerprint(root, paths, includes = () => true) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((path) => filesBelow(root, path, includes)).sort()) {
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(root, path, includes) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || includes(entry.name))
    .flatMap((entry) => filesBelow(root, join(path, entry.name), includes));
}

/** What a stamp file says, or undefined where there is none. */
export function readStamp(path) {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
