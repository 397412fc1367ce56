import type { AuditRecord } from '#event-log';

/** So many are kept for the view; the log keeps all. Some 300 bytes each. */
const KEPT = 1_000;

/** What operators have done with a source, as its replays topic tells it. */
export class AuditBook {
  private actions: AuditRecord[] = [];
  private isCut = false;

  take(action: AuditRecord): void {
    this.actions.push(action);
    // Now and then, so that not every one moves all.
    if (this.actions.length >= 2 * KEPT) this.cut();
  }

  /** The newest first. */
  get newest(): readonly AuditRecord[] {
    return this.actions.slice(-KEPT).reverse();
  }

  /** Whether these are all that the log holds. */
  get isComplete(): boolean {
    return !this.isCut && this.actions.length <= KEPT;
  }

  private cut(): void {
    this.actions = this.actions.slice(-KEPT);
    this.isCut = true;
  }
}
