import { toOffset, type Position } from './position.ts';

/** Where a deletion's tombstone stands, and in which source's events topic. */
export interface DeletionRef {
  readonly source: string;
  readonly position: Position;
}

/** The id that the deletion door answers with: it encodes the tombstone's place, so that no table is needed to follow a deletion. */
export function deletionIdOf({ source, position }: DeletionRef): string {
  return `del_${Buffer.from(`${source}:${position.partition}:${position.offset}`).toString('base64url')}`;
}

/** The place that a deletion id encodes; undefined if it is no deletion id. */
export function parseDeletionId(id: string): DeletionRef | undefined {
  if (!id.startsWith('del_')) return undefined;
  const match = /^([a-z0-9][a-z0-9-]*):(\d{1,9}):(\d{1,15})$/.exec(Buffer.from(id.slice(4), 'base64url').toString());
  if (match?.[1] === undefined) return undefined;
  return { source: match[1], position: { partition: Number(match[2]), offset: toOffset(Number(match[3])) } };
}
