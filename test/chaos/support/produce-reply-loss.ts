import type { LinkFilter } from './tcp-proxy.ts';

/** The API key of a produce request in Kafka's protocol. */
const PRODUCE = 0;
const LENGTH_BYTES = 4;

/** What becomes of the reply to a produce request: it arrives, it is lost in silence, or the connection ends instead. */
export type ReplyFate = 'arrive' | 'lose' | 'cut';

/**
 * Loses replies to produce requests of one connection after the broker has written the records: the writer cannot know what has become of
 * them. Every other reply arrives.
 */
export class ProduceReplyLoss implements LinkFilter {
  private readonly requests = new Frames();
  private readonly replies = new Frames();
  /** Correlation ids of produce requests that the broker has yet to answer. */
  private readonly unanswered = new Set<number>();

  constructor(private readonly fateOf: () => ReplyFate) {}

  toServer(chunk: Buffer): void {
    // A request is: length, API key (2 bytes), version (2), correlation id (4); a reply: length, correlation id.
    for (const frame of this.requests.push(chunk)) {
      if (frame.readInt16BE(LENGTH_BYTES) === PRODUCE) this.unanswered.add(frame.readInt32BE(LENGTH_BYTES + 4));
    }
  }

  toClient(chunk: Buffer): Buffer | 'cut' {
    const arriving: Buffer[] = [];
    for (const frame of this.replies.push(chunk)) {
      const fate = this.unanswered.delete(frame.readInt32BE(LENGTH_BYTES)) ? this.fateOf() : 'arrive';
      if (fate === 'cut') return 'cut';
      if (fate === 'arrive') arriving.push(frame);
    }
    return Buffer.concat(arriving);
  }
}

/** Cuts a stream into Kafka's frames, their length in front included. */
class Frames {
  private rest: Buffer = Buffer.alloc(0);

  /** The frames that `chunk` completes. */
  push(chunk: Buffer): Buffer[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const frames: Buffer[] = [];
    while (this.rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + this.rest.readInt32BE(0);
      if (this.rest.length < end) break;
      frames.push(this.rest.subarray(0, end));
      this.rest = this.rest.subarray(end);
    }
    return frames;
  }
}
