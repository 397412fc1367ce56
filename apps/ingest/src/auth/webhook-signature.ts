import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SourceSettings } from '#config';
import { MAX_EVENT_BYTES } from '#segment';
import { firstElementText } from './first-element.ts';
import type { Sender } from './sender.ts';

/** What the first event of a batch may take, blanks and escapes with it; the rest of a stranger's body is not looked at. */
const MAX_FIRST_BYTES = 4 * MAX_EVENT_BYTES;

export const unknownSignature = 'the signature is missing or not by a known secret';

/** Whether a header can be the signature of anything. */
export function isSignature(header: string | string[] | undefined): header is string {
  return typeof header === 'string' && /^[0-9a-f]{40}$/i.test(header);
}

/** Which source's secret signed a request, and what of it the signature covers. */
export interface SignedBy {
  readonly sender: Sender;
  readonly covers: 'body' | 'first-event';
}

/** The shared secrets of all sources that take webhooks. */
export class SignatureRing {
  private readonly signers: readonly { readonly secret: string; readonly sender: Sender }[];

  constructor(sources: readonly SourceSettings[]) {
    this.signers = sources.flatMap((source) =>
      source.sharedSecret === undefined
        ? []
        : [{ secret: source.sharedSecret, sender: { source, keyId: `${source.id}/webhook` } }],
    );
  }

  /**
   * Finds the signer of a body by its bytes, before they are parsed. `signature` is the header `X-Signature`: hex HMAC-SHA1 of the
   * body, or, where Segment batches, of the first event alone (wire.md 1.1).
   */
  signerOf(raw: Buffer, signature: string | string[] | undefined): SignedBy | undefined {
    if (!isSignature(signature)) return undefined;
    const expected = Buffer.from(signature, 'hex');
    const ofBody = this.signerOfBytes(raw, expected);
    if (ofBody !== undefined) return { sender: ofBody, covers: 'body' };
    const beginning = raw.toString('utf8', 0, MAX_FIRST_BYTES);
    const first = /^\s*\[/.test(beginning) ? firstElementText(beginning) : undefined;
    const ofFirst = first === undefined ? undefined : this.signerOfBytes(first, expected);
    return ofFirst === undefined ? undefined : { sender: ofFirst, covers: 'first-event' };
  }

  private signerOfBytes(bytes: Buffer | string, expected: Buffer): Sender | undefined {
    // filter, not find: every secret is tried whichever matches.
    const matches = this.signers.filter(({ secret }) =>
      timingSafeEqual(createHmac('sha1', secret).update(bytes).digest(), expected),
    );
    return matches[0]?.sender;
  }
}
