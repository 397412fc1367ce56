import { createHash } from 'node:crypto';
import { toOffset, type Offset } from '#segment';
import { LogBreaks } from '../log-place/log-breaks.ts';
import type { Witness } from '../log-place/log-place.ts';
import type { Millis } from '../now.ts';
import { PartitionState, type StateTable, type StateWindows } from './partition-state.ts';
import { WindowedKeys } from './windowed-keys.ts';

/**
 * A checkpoint: one partition's state as bytes, so that a restart reads only the tails of its topics. A missing, torn, old or
 * foreign checkpoint is no error: it costs a full rebuild.
 *
 * Layout: magic, u32 length of the header, JSON header, the sections that it lists, and the SHA-256 of all that precedes.
 */
const MAGIC = Buffer.from('BRIDGECP');
const VERSION = 4;
const DIGEST_BYTES = 32;
const TABLES: readonly StateTable[] = ['seen', 'deletions', 'identifies', 'lifts'];

/** What a checkpoint belongs to; one of another identity is foreign and refused. */
export interface CheckpointIdentity {
  /** Name of the events topic and Kafka's id of the cluster: another cluster's offsets mean nothing here. */
  readonly topic: string;
  readonly cluster: string;
  readonly partition: number;
  /** A short digest of the subject hash key: under another key no hash meets. */
  readonly hashKey: string;
}

interface Header {
  version: number;
  identity: CheckpointIdentity;
  windows: StateWindows;
  /** The frontier, and the offset committed when the checkpoint was written: a group that stands below it was moved back. */
  frontier: number;
  committed: number;
  outcomesNext: number;
  deletionsNext: number;
  logTime: number;
  /** The number of the log that the offsets are in, and what it is known by: the offset and the hashed message id of the record furthest ahead. */
  log: number;
  witness?: { offset: number; hash: string };
  finishedAhead: number[];
  sections: { kind: StateTable; index: number; bytes: number }[];
}

export type CheckpointFault = 'torn' | 'version' | 'foreign' | 'windows' | 'moved-back' | 'another-log';

export type ReadCheckpoint =
  { readonly kind: 'state'; readonly state: PartitionState } | { readonly kind: 'unusable'; readonly fault: CheckpointFault };

/**
 * @param committed the group's committed offset, as last acknowledged.
 * @param hash of a message id, with the key that users are hashed with
 */
export function writeCheckpoint(
  state: PartitionState,
  identity: CheckpointIdentity,
  committed: Offset,
  hash: (messageId: string) => string,
): Buffer {
  const { witness } = state;
  const tables = state.exportTables();
  const sections = TABLES.flatMap((kind) => tables[kind].map((section) => ({ kind, ...section })));
  const header: Header = {
    version: VERSION,
    identity,
    windows: state.windows,
    frontier: state.frontier.committable,
    committed,
    outcomesNext: state.outcomesNext,
    deletionsNext: state.deletionsNext,
    logTime: state.logTime,
    log: state.breaks.log,
    ...(witness !== undefined && { witness: { offset: witness.offset, hash: hashOf(witness, hash) } }),
    finishedAhead: runs(state.frontier.finishedAhead()),
    sections: sections.map(({ kind, index, bytes }) => ({ kind, index, bytes: bytes.length })),
  };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const body = Buffer.concat([MAGIC, length, json, ...sections.map(({ bytes }) => bytes)]);
  return Buffer.concat([body, digest(body)]);
}

/**
 * The state that a checkpoint holds, if it is whole, of this identity and of these windows.
 *
 * @param committed the group's committed offset now; undefined if it has none, so that the checkpoint knows best. Below the one of the checkpoint, an operator has moved the group back: only a
 *   full rebuild knows which of the older offsets have an outcome.
 * @param breaks of the partition's log: a checkpoint of a log before the present one speaks of other records.
 */
export function readCheckpoint(
  bytes: Buffer,
  identity: CheckpointIdentity,
  windows: StateWindows,
  committed: Offset | undefined,
  breaks: LogBreaks = LogBreaks.none,
): ReadCheckpoint {
  const unusable = (fault: CheckpointFault): ReadCheckpoint => ({ kind: 'unusable', fault });
  const body = bytes.subarray(0, -DIGEST_BYTES);
  const start = MAGIC.length + 4;
  if (bytes.length < start + DIGEST_BYTES || !body.subarray(0, MAGIC.length).equals(MAGIC)) return unusable('torn');
  if (!digest(body).equals(bytes.subarray(-DIGEST_BYTES))) return unusable('torn');

  const headerEnd = start + body.readUInt32LE(MAGIC.length);
  const header = inCurrentVersion(JSON.parse(body.subarray(start, headerEnd).toString()) as Header);
  if (header === undefined) return unusable('version');
  if (!sameIdentity(header.identity, identity)) return unusable('foreign');
  if (header.windows.dedupMs !== windows.dedupMs || header.windows.deletionsMs !== windows.deletionsMs)
    return unusable('windows');
  if (header.log !== breaks.log) return unusable('another-log');
  if (committed !== undefined && committed < header.committed) return unusable('moved-back');

  const tables: Record<StateTable, { index: number; bytes: Buffer }[]> = { seen: [], deletions: [], identifies: [], lifts: [] };
  let at = headerEnd;
  for (const section of header.sections) {
    tables[section.kind].push({ index: section.index, bytes: body.subarray(at, at + section.bytes) });
    at += section.bytes;
  }
  const imported = (kind: StateTable, windowMs: Millis): WindowedKeys => {
    const keys = new WindowedKeys(windowMs);
    keys.import(tables[kind]);
    return keys;
  };
  const state = new PartitionState(toOffset(Math.max(header.frontier, committed ?? 0)), windows, {
    seen: imported('seen', windows.dedupMs),
    deletions: imported('deletions', windows.deletionsMs),
    identifies: imported('identifies', windows.dedupMs),
    lifts: imported('lifts', windows.deletionsMs),
    finishedAhead: expand(header.finishedAhead),
    outcomesNext: toOffset(header.outcomesNext),
    deletionsNext: toOffset(header.deletionsNext),
    logTime: header.logTime,
    breaks,
    ...(header.witness && {
      witness: { offset: toOffset(header.witness.offset), messageId: header.witness.hash, isHashed: true },
    }),
  });
  return { kind: 'state', state };
}

function hashOf({ messageId, isHashed }: Witness, hash: (messageId: string) => string): string {
  return isHashed === true || messageId === '' ? messageId : hash(messageId);
}

/** Version 3 knew one log only. */
function inCurrentVersion(header: Header): Header | undefined {
  if (header.version === 3) return { ...header, version: VERSION, log: 0 };
  return header.version === VERSION ? header : undefined;
}

function sameIdentity(a: CheckpointIdentity, b: CheckpointIdentity): boolean {
  return a.topic === b.topic && a.cluster === b.cluster && a.partition === b.partition && a.hashKey === b.hashKey;
}

function digest(body: Buffer): Buffer {
  return createHash('sha256').update(body).digest();
}

/** Ascending offsets as alternating starts and lengths of runs: what is finished ahead is mostly contiguous. */
function runs(offsets: Iterable<Offset>): number[] {
  const packed: number[] = [];
  let previous = -2;
  for (const offset of offsets) {
    if (offset === previous + 1) packed[packed.length - 1] = (packed.at(-1) ?? 0) + 1;
    else packed.push(offset, 1);
    previous = offset;
  }
  return packed;
}

function* expand(packed: readonly number[]): Generator<Offset> {
  for (let i = 0; i + 1 < packed.length; i += 2) {
    const start = packed[i] ?? 0;
    for (let n = 0; n < (packed[i + 1] ?? 0); n++) yield toOffset(start + n);
  }
}
