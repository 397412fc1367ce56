/** A record ready to be written: what the codecs make and the writer takes. */
export interface EncodedRecord {
  readonly key: string;
  /** null is a true tombstone. */
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a record adds around its key, value and headers: lengths, deltas and attributes as varints, at most. */
const RECORD_OVERHEAD = 40;
const HEADER_OVERHEAD = 10;

/** An upper bound of a record's size on the wire, in bytes. */
export function sizeOf({ key, value, headers }: EncodedRecord): number {
  let bytes = RECORD_OVERHEAD + Buffer.byteLength(key) + (value?.length ?? 0);
  for (const [name, text] of Object.entries(headers))
    bytes += HEADER_OVERHEAD + Buffer.byteLength(name) + Buffer.byteLength(text);
  return bytes;
}
