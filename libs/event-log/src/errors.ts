import type { Offset } from '#segment';
import { describeRight, type Right } from './topics/rights.ts';

/**
 * The log took a record neither in time nor at all; whether it was written is unknown. The caller answers 503 (429 for a full
 * queue) with `Retry-After`.
 */
export class LogUnavailableError extends Error {
  override readonly name = 'LogUnavailableError';

  constructor(
    /** `log_queue_full`: refused before it was queued. `log_unavailable`: the broker failed or the deadline passed. */
    readonly code: 'log_queue_full' | 'log_unavailable',
    message: string,
    readonly retryAfterSeconds: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A record that no request may hold: refused before it is queued, since it would fail its neighbours. Its sender must not repeat it. */
export class RecordTooLargeError extends Error {
  override readonly name = 'RecordTooLargeError';
  readonly code = 'record_too_large';

  constructor(
    readonly bytes: number,
    readonly maxBytes: number,
  ) {
    super(`a record of ${bytes} bytes is larger than the ${maxBytes} bytes that the log takes`);
  }
}

/** The asked offset is not in the partition's log (any more): retention has passed it, or the topic was made anew. */
export class OffsetOutOfRangeError extends Error {
  override readonly name = 'OffsetOutOfRangeError';
  readonly code = 'offset_out_of_range';

  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly offset: Offset,
    /** The first offset that is there. */
    readonly start: Offset,
    /** The offset that the next record will get. */
    readonly end: Offset,
  ) {
    super(`offset ${offset} of ${topic} partition ${partition} is not in its log, which holds ${start} up to ${end}`);
  }
}

/** A partition that its topic does not have. */
export class UnknownPartition extends Error {
  override readonly name = 'UnknownPartition';

  constructor(topic: string, partition: number) {
    super(`${topic} has no partition ${partition}`);
  }
}

/** A topic that the cluster does not have. `type` is Kafka's own name of it. */
export class UnknownTopic extends Error {
  override readonly name = 'UnknownTopic';
  readonly type = 'UNKNOWN_TOPIC_OR_PARTITION';

  constructor(topic: string) {
    super(`there is no topic ${topic}`);
  }
}

/** The cluster does not let us do what we have to. `type` is Kafka's own name of it. */
export class RightMissingError extends Error {
  override readonly name = 'RightMissingError';
  readonly code = 'right_missing';
  readonly type: 'TOPIC_AUTHORIZATION_FAILED' | 'GROUP_AUTHORIZATION_FAILED';

  constructor(readonly rights: readonly Right[]) {
    super(`needs ${rights.map(describeRight).join(', ')} (bridge topics acls prints all)`);
    this.type = rights.every(({ resource }) => resource === 'group')
      ? 'GROUP_AUTHORIZATION_FAILED'
      : 'TOPIC_AUTHORIZATION_FAILED';
  }

  /** The same, a line for each right. */
  get lines(): string[] {
    return this.rights.map((right) => new RightMissingError([right]).message);
  }
}

/** The cluster does not take a topic's settings: it does not know them, or whoever runs it forbids them. */
export class SettingsRefusedError extends Error {
  override readonly name = 'SettingsRefusedError';
  readonly code = 'settings_refused';

  constructor(
    readonly topic: string,
    /** In Kafka's own words. */
    readonly reason: string,
  ) {
    super(`Kafka refuses the topic ${topic}: ${reason}`);
  }
}

/**
 * A partition goes on, and nothing of it may be read: a transaction of another program is open there. Said also where a broker had no room for it in one answer
 * among many; then the next one has it.
 */
export class NothingDecided extends Error {
  override readonly name = 'NothingDecided';

  constructor(offset: string) {
    super(
      `a transaction of another program is open at offset ${offset}, and nothing behind it is read until that ends (kafka-transactions: find-hanging, abort)`,
    );
  }
}

/** No replica of a partition is there to lead it. `type` is Kafka's own name of it. */
export class NobodyLeads extends Error {
  override readonly name = 'NobodyLeads';
  readonly type = 'LEADER_NOT_AVAILABLE';

  constructor(topic: string, partition?: number) {
    super(
      `nobody leads ${partition === undefined ? 'a partition of ' : ''}${topic}${partition === undefined ? '' : ` partition ${partition}`}`,
    );
  }
}
