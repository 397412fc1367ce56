declare const offsetBrand: unique symbol;

/** A Kafka offset within one partition. A safe integer: 2^53 records in one partition are out of reach. */
export type Offset = number & { readonly [offsetBrand]: true };

/** Where a record stands in a topic of a source. Positions compare only within one partition. */
export interface Position {
  readonly partition: number;
  readonly offset: Offset;
}

/**
 * The offset that kafkajs hands over as a decimal string (or that a file or a topic holds as a number).
 *
 * @throws RangeError if it is no non-negative safe integer.
 */
export function toOffset(value: string | number): Offset {
  const offset = typeof value === 'number' ? value : Number(value);
  if (!Number.isSafeInteger(offset) || offset < 0) throw new RangeError(`not a Kafka offset: ${JSON.stringify(value)}`);
  return offset as Offset;
}

/** The offset after `offset`: what a consumer commits when it is done with `offset`. */
export function nextOffset(offset: Offset): Offset {
  return (offset + 1) as Offset;
}
