import { MUTATIONS } from './mutations.mjs';
import { Workspace } from './workspace.mjs';

describe('a mutation', () => {
  it('still fits the code that it breaks, so that the table of docs/testing.md can be made again', () => {
    const workspace = new Workspace(new URL('../..', import.meta.url).pathname);
    try {
      for (const mutation of MUTATIONS) workspace.apply(mutation)();
    } finally {
      workspace.remove();
    }
  });
});
