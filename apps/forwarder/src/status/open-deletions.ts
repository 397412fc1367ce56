import type { DeletionNotice } from '#delivery';
import type { Offset } from '#segment';

/** The deletions of one partition that Extole has not taken yet, by the offset of their tombstone. */
export class OpenDeletions {
  private readonly requestedAt = new Map<Offset, number>();

  /** Takes in notices as the deletions topic gives them, in any order and as often as it may be. */
  note(notices: readonly Pick<DeletionNotice, 'offset' | 'requestedAt'>[], isFinished: (tombstone: Offset) => boolean): void {
    for (const { offset, requestedAt } of notices) {
      const at = Date.parse(requestedAt);
      if (!isFinished(offset) && !Number.isNaN(at)) this.requestedAt.set(offset, at);
    }
  }

  /** When those still open were requested (wall milliseconds), in no order. */
  stillOpen(isFinished: (tombstone: Offset) => boolean): number[] {
    for (const offset of this.requestedAt.keys()) if (isFinished(offset)) this.requestedAt.delete(offset);
    return [...this.requestedAt.values()];
  }
}
