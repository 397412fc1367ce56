/** The colours of the strip of partitions, from 0 (nothing waits) to 5. By magnitude: a lag ten times as long is one step warmer. */
export function heatOf(lag: number): 0 | 1 | 2 | 3 | 4 | 5 {
  if (lag <= 0) return 0;
  if (lag < 10) return 1;
  if (lag < 100) return 2;
  if (lag < 1_000) return 3;
  if (lag < 10_000) return 4;
  return 5;
}
