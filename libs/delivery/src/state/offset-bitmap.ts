/** Offsets of a page: 4 KB of bits. */
const PAGE = 32_768;
const PAGE_WORDS = PAGE / 32;
const ALL = 0xffff_ffff;
/** A page of which every offset is in: shared, so that a gap costs nothing but its two ends, however wide it is. Never written to. */
const FULL = new Uint32Array(PAGE_WORDS).fill(ALL);

/**
 * A set of offsets above a moving floor, one bit each. The floor only rises; what falls below it is forgotten.
 *
 * The bits live in pages, of which those are there that hold any: 10 million offsets ahead cost 1.25 MB, and one that is far away, which a stranger may
 * have written, costs a page. Nothing walks over what is not there.
 */
export class OffsetBitmap {
  private readonly pages = new Map<number, Uint32Array>();
  private floor: number;
  private top = -1;

  constructor(floor: number) {
    this.floor = wordStart(floor);
  }

  /** The highest offset ever set; -1 if none. */
  get highest(): number {
    return this.top;
  }

  /** @throws RangeError below the floor: the caller asks about what it has forgotten. */
  set(offset: number): void {
    this.setRange(offset, offset + 1);
  }

  /** Sets `from` up to, not including, `to`. @throws RangeError below the floor */
  setRange(from: number, to: number): void {
    if (from >= to) return;
    if (from < this.floor) throw new RangeError(`offset ${from} is below the bitmap's floor`);
    for (let at = from; at < to;) {
      const index = Math.floor(at / PAGE);
      const end = Math.min(to, (index + 1) * PAGE);
      if (end - at === PAGE) this.pages.set(index, FULL);
      else setBits(this.page(index), at - index * PAGE, end - index * PAGE);
      at = end;
    }
    if (to - 1 > this.top) this.top = to - 1;
  }

  has(offset: number): boolean {
    const page = this.pages.get(Math.floor(offset / PAGE));
    return page !== undefined && offset >= this.floor && ((wordAt(page, offset) >>> (offset % 32)) & 1) === 1;
  }

  /** The first offset from `from` on that is not in it. */
  firstMissing(from: number): number {
    let at = from;
    for (;;) {
      const index = Math.floor(at / PAGE);
      const page = this.pages.get(index);
      if (page === undefined) return at;
      const missing = page === FULL ? 0 : ~wordAt(page, at) >>> (at % 32);
      if (missing !== 0) return at + lowestBit(missing);
      at = page === FULL ? (index + 1) * PAGE : wordStart(at) + 32;
    }
  }

  /** What of it lies at `from` or above, ascending, as runs: the first offset, and the one after the last. */
  *runs(from: number): Generator<readonly [from: number, to: number]> {
    let at = from;
    for (const index of [...this.pages.keys()].sort((a, b) => a - b)) {
      const end = (index + 1) * PAGE;
      for (at = Math.max(at, index * PAGE); at < end;) {
        const present = wordAt(this.pages.get(index) ?? FULL, at) >>> (at % 32);
        if (present === 0) {
          at = wordStart(at) + 32;
          continue;
        }
        const first = at + lowestBit(present);
        at = this.firstMissing(first);
        yield [first, at];
      }
    }
  }

  /** Forgets every offset below `floor` (rounded down to a word). */
  raiseFloor(floor: number): void {
    const target = wordStart(floor);
    if (target <= this.floor) return;
    const [before, first] = [Math.floor(this.floor / PAGE), Math.floor(target / PAGE)];
    this.floor = target;
    // From page to page, unless it is a leap over more than there is.
    if (first - before <= this.pages.size) for (let index = before; index < first; index++) this.pages.delete(index);
    else for (const index of this.pages.keys()) if (index < first) this.pages.delete(index);
  }

  /** A page that may be written to. */
  private page(index: number): Uint32Array {
    const known = this.pages.get(index);
    if (known !== undefined && known !== FULL) return known;
    const page = known === FULL ? FULL.slice() : new Uint32Array(PAGE_WORDS);
    this.pages.set(index, page);
    return page;
  }
}

function wordStart(offset: number): number {
  return offset - (offset % 32);
}

function wordAt(page: Uint32Array, offset: number): number {
  return page[Math.floor((offset % PAGE) / 32)] ?? 0;
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

function setBits(page: Uint32Array, from: number, to: number): void {
  for (let at = from; at < to;) {
    const word = Math.floor(at / 32);
    if (at % 32 === 0 && to - at >= 32) {
      page[word] = ALL;
      at += 32;
    } else {
      page[word] = (page[word] ?? 0) | (1 << (at % 32));
      at++;
    }
  }
}
