/** Makes the value of a record of one version that of the next one. */
export type Upcaster = (value: Readonly<Record<string, unknown>>) => Record<string, unknown>;

/**
 * The value as the current version has it, whichever version it was written in; its `schema` says which that was.
 *
 * @param upcasters from version 1 to 2, from 2 to 3, and so on up to the current one
 * @returns undefined for a version that this release does not know: a newer one, or none
 */
export function inCurrentVersion(
  value: Record<string, unknown>,
  upcasters: readonly Upcaster[],
): Record<string, unknown> | undefined {
  const { schema } = value;
  if (typeof schema !== 'number' || !Number.isInteger(schema) || schema < 1 || schema > upcasters.length + 1) return undefined;
  let current = value;
  for (let version = schema; version <= upcasters.length; version++) {
    const upcast = upcasters[version - 1];
    if (upcast !== undefined) current = { ...upcast(current), schema: version + 1 };
  }
  return current;
}
