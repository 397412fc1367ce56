import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject } from '#segment';
import type { KeptLetter } from './dead-letter-book.ts';
import type { KnownDeletion } from './deletion-book.ts';

const VERSION = 1;
const NAME = 'manifest.json';

/** Of which topics, under which hash key: an index of others says nothing here. */
export interface IndexIdentity {
  readonly cluster: string;
  readonly events: string;
  readonly hashKey: string;
}

/** A pair of sorted files. */
export interface SegmentFacts {
  readonly number: number;
  readonly rows: number;
  /** Epoch milliseconds: when the latest of its outcomes was decided. */
  readonly newest: number;
  /** The lowest offset in it, by partition. */
  readonly lowest: Readonly<Record<number, number>>;
}

/** Where an index stands: written last, so that what it names is there. What was written after it is read from the topics again. */
export interface Manifest {
  readonly version: typeof VERSION;
  readonly identity: IndexIdentity;
  readonly segments: readonly SegmentFacts[];
  readonly tail: { readonly number: number; readonly rows: number; readonly newest: number };
  /** Next offsets by topic part and partition. */
  readonly next: {
    readonly outcomes: Readonly<Record<number, number>>;
    readonly deletions: Readonly<Record<number, number>>;
    readonly events: Readonly<Record<number, number>>;
  };
  readonly outcomes: number;
  readonly deadLetters: readonly KeptLetter[];
  readonly deletions: { readonly open: readonly KnownDeletion[]; readonly ended: readonly KnownDeletion[] };
}

/** The kept manifest; undefined if there is none that can be used here. */
export function readManifest(directory: string, identity: IndexIdentity): Manifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(directory, NAME), 'utf8'));
  } catch {
    // None yet, or torn by the end of a disk: the topics tell it all again.
    return undefined;
  }
  if (!isJsonObject(value) || value['version'] !== VERSION) return undefined;
  const manifest = value as unknown as Manifest;
  return JSON.stringify(manifest.identity) === JSON.stringify(identity) ? manifest : undefined;
}

export function writeManifest(directory: string, manifest: Omit<Manifest, 'version'>): void {
  const path = join(directory, NAME);
  writeFileSync(`${path}.new`, JSON.stringify({ version: VERSION, ...manifest }));
  renameSync(`${path}.new`, path);
}
