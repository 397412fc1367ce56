/** One way to break the core of the delivery. */
export interface Mutation {
  readonly name: string;
  /** The promise that it breaks: P1 to P10. */
  readonly promise: string;
  /** Each text is in its file, under `libs/delivery/src`, exactly once. */
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
}

export const MUTATIONS: readonly Mutation[];
