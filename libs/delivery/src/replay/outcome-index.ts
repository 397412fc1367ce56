import type { Offset } from '#segment';
import { OUTCOMES, type Outcome, type OutcomeName } from '../outcome.ts';

const PAGE = 65_536;

/**
 * The last outcome of each offset in a range: one byte an offset where there are any, and the code and event of those that a replay
 * may have to look at closer (dead letters and rejections are few; what is delivered is many).
 */
export class OutcomeIndex {
  private readonly pages = new Map<number, Uint8Array>();
  private readonly details = new Map<Offset, { readonly code: string | undefined; readonly event: string | undefined }>();

  constructor(
    private readonly from: Offset,
    private readonly to: Offset,
  ) {}

  /** Takes outcomes in the order of their topic: the last word on an offset counts. */
  add(outcome: Outcome): void {
    const { offset } = outcome.position;
    if (offset < this.from || offset >= this.to) return;
    // 0 means none.
    this.page(offset)[offset % PAGE] = OUTCOMES.indexOf(outcome.outcome) + 1;
    if (outcome.outcome === 'delivered') this.details.delete(offset);
    else this.details.set(offset, { code: outcome.code, event: outcome.event });
  }

  /** The offset's last outcome; the code and event only where it is not `delivered`. */
  get(
    offset: Offset,
  ): { readonly name: OutcomeName; readonly code?: string | undefined; readonly event?: string | undefined } | undefined {
    const name = OUTCOMES[(this.pages.get(Math.floor(offset / PAGE))?.[offset % PAGE] ?? 0) - 1];
    return name === undefined ? undefined : { name, ...this.details.get(offset) };
  }

  private page(offset: Offset): Uint8Array {
    const index = Math.floor(offset / PAGE);
    let page = this.pages.get(index);
    if (page === undefined) this.pages.set(index, (page = new Uint8Array(PAGE)));
    return page;
  }
}
