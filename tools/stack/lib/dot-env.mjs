import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** The process's environment on top of the file's (`.env`): what is exported wins. A missing file is an empty one. */
export function withDotEnv(path, env) {
  try {
    return { ...parseEnv(readFileSync(path, 'utf8')), ...env };
  } catch (error) {
    if (error.code === 'ENOENT') return { ...env };
    throw error;
  }
}
