/** A run's id: sorts by time, and tells an operator when it was asked for. `random` is of [0, 1). */
export function runIdOf(time: Date, random: number): string {
  const [date = '', clock = ''] = time.toISOString().split('T');
  const suffix = Math.floor(random * 36 ** 4)
    .toString(36)
    .padStart(4, '0');
  return `r-${date.replaceAll('-', '')}-${clock.slice(0, 8).replaceAll(':', '')}-${suffix}`;
}
