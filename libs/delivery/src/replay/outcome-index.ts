import type { Offset } from '#segment';
import { OUTCOMES, type Outcome, type OutcomeName } from '../endings/outcome.ts';

const PAGE = 65_536;
const NAME = 0x0f;
const WANTED_EVENT = 0x40;
const THIS_RUN = 0x80;

/** What a replay knows of a record's last outcome. */
export interface KnownOutcome {
  readonly name: OutcomeName;
  /** Only where it is not `delivered`. */
  readonly code?: string | undefined;
  /** The mapped event name: where it is not `delivered`, or is the wanted one. */
  readonly event?: string | undefined;
  /** ISO 8601; only where it is not `delivered`. */
  readonly at?: string | undefined;
  /** It is this very replay that brought it about. */
  readonly ofThisRun: boolean;
}

/**
 * The last outcome of each offset in a range: one byte an offset where there are any, and more of those that a replay may have to look
 * at closer (dead letters and rejections are few; what is delivered is many).
 */
export class OutcomeIndex {
  private readonly pages = new Map<number, Uint8Array>();
  private readonly details = new Map<Offset, Pick<KnownOutcome, 'code' | 'event' | 'at'>>();

  /**
   * @param about the event name that the replay asks for, if it does, and its run id: what it has done itself before its partition
   *   changed hands is not done again.
   */
  constructor(
    private readonly from: Offset,
    private readonly to: Offset,
    private readonly about: { readonly event?: string | undefined; readonly run?: string } = {},
  ) {}

  /** Takes outcomes in the order of their topic: the last word on an offset counts. */
  add(outcome: Outcome): void {
    const { offset } = outcome.position;
    if (offset < this.from || offset >= this.to) return;
    const { event, run } = this.about;
    // 0 means none.
    let byte = OUTCOMES.indexOf(outcome.outcome) + 1;
    if (event !== undefined && outcome.event === event) byte |= WANTED_EVENT;
    if (run !== undefined && outcome.run === run) byte |= THIS_RUN;
    this.page(offset)[offset % PAGE] = byte;
    if (outcome.outcome === 'delivered') this.details.delete(offset);
    else this.details.set(offset, { code: outcome.code, event: outcome.event, at: outcome.at });
  }

  get(offset: Offset): KnownOutcome | undefined {
    const byte = this.pages.get(Math.floor(offset / PAGE))?.[offset % PAGE] ?? 0;
    const name = OUTCOMES[(byte & NAME) - 1];
    if (name === undefined) return undefined;
    const event = (byte & WANTED_EVENT) === 0 ? undefined : this.about.event;
    return { name, event, ...this.details.get(offset), ofThisRun: (byte & THIS_RUN) !== 0 };
  }

  private page(offset: Offset): Uint8Array {
    const index = Math.floor(offset / PAGE);
    let page = this.pages.get(index);
    if (page === undefined) this.pages.set(index, (page = new Uint8Array(PAGE)));
    return page;
  }
}
