import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What jest needs of the repository, beside the libraries. */
const COPIED = ['package.json', 'tsconfig.json', 'libs'];

/** The unit project alone: the others ask for files that are not here. */
const JEST_CONFIG = `import repository from './jest.repository.mjs';
export default repository.projects.find(({ displayName }) => displayName === 'unit');
`;

/** A copy of the libraries in which the core can be broken: the working tree is never touched. */
export class Workspace {
  constructor(root) {
    this.directory = mkdtempSync(join(tmpdir(), 'mutations-'));
    for (const name of COPIED) cpSync(join(root, name), join(this.directory, name), { recursive: true });
    cpSync(join(root, 'jest.config.mjs'), join(this.directory, 'jest.repository.mjs'));
    writeFileSync(join(this.directory, 'jest.config.mjs'), JEST_CONFIG);
    symlinkSync(join(root, 'node_modules'), join(this.directory, 'node_modules'));
  }

  /**
   * Makes the edits of a mutation.
   *
   * @throws Error if a text to be replaced is not found exactly once: the core has changed, and the mutation has to follow.
   * @returns undoes them.
   */
  apply({ name, edits }) {
    const originals = new Map();
    for (const { file, find, replace } of edits) {
      const path = join(this.directory, 'libs/delivery/src', file);
      const text = readFileSync(path, 'utf8');
      const found = text.split(find).length - 1;
      if (found !== 1) throw new Error(`mutation "${name}": its text is in ${file} ${found} times instead of once: ${find}`);
      if (!originals.has(path)) originals.set(path, text);
      writeFileSync(
        path,
        text.replace(find, () => replace),
      );
    }
    return () => originals.forEach((text, path) => writeFileSync(path, text));
  }

  remove() {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
