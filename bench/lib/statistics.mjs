/** The middle value; of an even number of values the mean of the middle two. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median and spread of what `figure` takes out of each round. */
export function over(rounds, figure) {
  const values = rounds.map(figure);
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}
