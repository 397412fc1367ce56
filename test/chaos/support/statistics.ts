/** The value that `share` (0 to 1) of the values do not exceed: the nearest rank. 0 if there is none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function largest(values: readonly number[]): number {
  return values.reduce((max, value) => Math.max(max, value), 0);
}
