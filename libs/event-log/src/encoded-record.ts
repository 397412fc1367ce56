/** A record ready to be written: what the codecs make and the writer takes. */
export interface EncodedRecord {
  readonly key: string;
  /** null is a true tombstone. */
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}
