/** A file of the repository that is made from the code. */
export interface GeneratedDocument {
  /** From the root of the checkout. */
  readonly path: string;
  readonly text: string;
}

export function jsonDocument(path: string, value: unknown): GeneratedDocument {
  return { path, text: `${JSON.stringify(value, null, 2)}\n` };
}
