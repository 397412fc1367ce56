import { LogBreaks, type LogAcceptance } from '#delivery';

/** What operators have accepted of the logs of one source's partitions, as the topic says so far. */
export class LogAcceptances {
  private readonly known = new Map<number, LogAcceptance>();
  /** Told of every word that comes. */
  changed: (partition: number) => void = () => undefined;

  take(acceptance: LogAcceptance): void {
    this.known.set(acceptance.partition, acceptance);
    this.changed(acceptance.partition);
  }

  /** The last word on a partition; undefined if nobody has had to say anything. */
  of(partition: number): LogAcceptance | undefined {
    return this.known.get(partition);
  }

  breaksOf(partition: number): LogBreaks {
    const { breaks = [] } = this.of(partition) ?? {};
    return breaks.length === 0 ? LogBreaks.none : new LogBreaks(breaks);
  }
}
