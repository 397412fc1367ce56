import type { LogPlace } from '#delivery';
import type { TopicPartition } from '#event-log';

/** A place that cannot be gone on from without an operator's word. */
export type BrokenPlace = Exclude<LogPlace, { kind: 'contiguous' }>;

const CODES = { hole: 'log_gap', shorter: 'log_shorter', 'another-log': 'log_another' } as const;

/** The events partition is not the log that is known, or lacks what is not done: going on in silence would lose acknowledged events (P1). */
export class LogPlaceError extends Error {
  override readonly name = 'LogPlaceError';
  readonly code: (typeof CODES)[BrokenPlace['kind']];

  constructor(
    source: string,
    partition: TopicPartition,
    readonly place: BrokenPlace,
  ) {
    super(
      `${describeBreak(partition, place)}. Nothing of it is delivered until that is accepted: ` +
        `bridge topics accept --source ${source} --partition ${partition.partition}`,
    );
    this.code = CODES[place.kind];
  }
}

/** What has happened to the log, in a sentence without its full stop. */
function describeBreak({ topic, partition }: TopicPartition, place: BrokenPlace): string {
  const name = `${topic} partition ${partition}`;
  switch (place.kind) {
    case 'hole':
      return `${name}: the group stands at offset ${place.from}, but the log begins at ${place.to}. ${place.missing} records that were not delivered are gone (retention, or somebody deleted records)`;
    case 'shorter':
      return `${name}: the log ends at offset ${place.end}, but it was known up to ${place.known}. It has lost its last records (an unflushed tail, an unclean leader, a lost disk), or the topic was made anew; up to ${place.known - place.end} new records would be taken for delivered ones`;
    case 'another-log':
      return `${name}: at offset ${place.offset} stands another record than the one that was read there. The log was cut and filled again, or the topic was made anew; new records would be taken for delivered ones`;
  }
}
