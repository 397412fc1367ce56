import type { Offset } from '#segment';
import { OUTCOMES, type Outcome } from '../endings/outcome.ts';
import type { KnownOutcome, ReplayFilter } from './replay-request.ts';

const PAGE = 65_536;
/** There is room for seven; 0 means none. */
const NAME = 0x07;
const WANTED_EVENT = 0x08;
const WANTED_CODE = 0x10;
const SINCE_WANTED = 0x20;
const THIS_RUN = 0x40;

/** The last outcome of each offset in a range, in one byte an offset where there are any, whatever they are (P9): a source may filter most of its events. */
export class OutcomeIndex {
  private readonly pages = new Map<number, Uint8Array>();

  /** @param run of the replay: what it has done itself before its partition changed hands is not done again. */
  constructor(
    private readonly from: Offset,
    private readonly to: Offset,
    private readonly filter: ReplayFilter,
    private readonly run?: string,
  ) {}

  /** Takes outcomes in the order of their topic: the last word on an offset counts. */
  add({ position: { offset }, outcome, event, code, at, run }: Outcome): void {
    if (offset < this.from || offset >= this.to) return;
    const { filter } = this;
    let byte = OUTCOMES.indexOf(outcome) + 1;
    if (filter.event !== undefined && event === filter.event) byte |= WANTED_EVENT;
    if (filter.code !== undefined && code === filter.code) byte |= WANTED_CODE;
    if (filter.endedSince !== undefined && at >= filter.endedSince) byte |= SINCE_WANTED;
    if (this.run !== undefined && run === this.run) byte |= THIS_RUN;
    this.page(offset)[offset % PAGE] = byte;
  }

  get(offset: Offset): KnownOutcome | undefined {
    const byte = this.pages.get(Math.floor(offset / PAGE))?.[offset % PAGE] ?? 0;
    const name = OUTCOMES[(byte & NAME) - 1];
    if (name === undefined) return undefined;
    const { event, code, endedSince } = this.filter;
    return {
      name,
      event: (byte & WANTED_EVENT) === 0 ? undefined : event,
      code: (byte & WANTED_CODE) === 0 ? undefined : code,
      at: (byte & SINCE_WANTED) === 0 ? undefined : endedSince,
      ofThisRun: (byte & THIS_RUN) !== 0,
    };
  }

  private page(offset: Offset): Uint8Array {
    const index = Math.floor(offset / PAGE);
    let page = this.pages.get(index);
    if (page === undefined) this.pages.set(index, (page = new Uint8Array(PAGE)));
    return page;
  }
}
