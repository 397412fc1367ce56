import type { Mutation } from './mutations.mjs';

/** A copy of the libraries in which the core can be broken. */
export class Workspace {
  readonly directory: string;
  constructor(root: string);
  /** @throws Error if the mutation does not fit the code. @returns undoes it */
  apply(mutation: Mutation): () => void;
  remove(): void;
}
