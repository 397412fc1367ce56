import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SourceSettings } from '#config';
import type { RequestBody } from '../http/request-body.ts';
import { firstElementText } from './first-element.ts';
import type { Sender } from './sender.ts';

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
   * Finds the signer of `body`. `signature` is the header `X-Signature`: hex HMAC-SHA1 of the body, or, where Segment batches, of the
   * first event alone (wire.md 1.1).
   */
  signerOf(body: RequestBody, signature: string | undefined): SignedBy | undefined {
    if (signature === undefined || !/^[0-9a-f]{40}$/i.test(signature)) return undefined;
    const expected = Buffer.from(signature, 'hex');
    const ofBody = this.signerOfBytes(body.raw, expected);
    if (ofBody !== undefined) return { sender: ofBody, covers: 'body' };
    const first = Array.isArray(body.json) ? firstElementText(body.raw.toString()) : undefined;
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
