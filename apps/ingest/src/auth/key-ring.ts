import { createHash, timingSafeEqual } from 'node:crypto';
import type { SourceSettings } from '#config';
import type { Sender } from './sender.ts';

/** What a key is for. A write key stands in web pages; the other two are secrets of servers. */
export type KeyKind = 'write' | 'extole' | 'deletion';

/** `not-permitted`: a key of ours, but for another door. */
export type KeyCheck =
  { readonly kind: 'permitted'; readonly sender: Sender } | { readonly kind: 'not-permitted' } | { readonly kind: 'unknown' };

interface KnownKey {
  readonly digest: Buffer;
  readonly kind: KeyKind;
  readonly sender: Sender;
}

/** The keys of all sources, by their SHA-256. A check takes as long for a key that is nearly right as for any other. */
export class KeyRing {
  private readonly keys: readonly KnownKey[];

  constructor(sources: readonly SourceSettings[]) {
    this.keys = sources.flatMap((source) => [
      ...knownKeys(source, 'write', source.writeKeys),
      ...knownKeys(source, 'extole', source.extoleApiKeys),
      ...knownKeys(source, 'deletion', source.deletionKeys),
    ]);
  }

  /** Whether `key` may be used as a key of `kind`, and for which source. */
  check(key: string | undefined, kind: KeyKind): KeyCheck {
    if (key === undefined) return { kind: 'unknown' };
    const digest = digestOf(key);
    // filter, not find: every key is compared whichever matches.
    const matches = this.keys.filter((known) => timingSafeEqual(known.digest, digest));
    const match = matches.find((known) => known.kind === kind);
    if (match !== undefined) return { kind: 'permitted', sender: match.sender };
    return { kind: matches.length > 0 ? 'not-permitted' : 'unknown' };
  }
}

function knownKeys(source: SourceSettings, kind: KeyKind, keys: readonly string[]): KnownKey[] {
  return keys.map((key, index) => ({ digest: digestOf(key), kind, sender: { source, keyId: `${source.id}/${kind}/${index}` } }));
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
