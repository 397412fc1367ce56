import { closeSync, ftruncateSync, fstatSync, openSync, readdirSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { OUTCOMES, type OutcomeName } from '#delivery';
import type { Offset, Position } from '#segment';

/** Entries of a page, and of a file. */
const PAGE_ENTRIES = 8_192;
const PAGE_BYTES = PAGE_ENTRIES * 8;
const FILE_ENTRIES = 128 * PAGE_ENTRIES;
/** Pages in memory at most: 16 MB. */
const MAX_PAGES = 256;
const TWO_POW_32 = 2 ** 32;

/** What is known of a record's last outcome without reading it. */
export interface OutcomePlace {
  readonly outcome: OutcomeName;
  /** The offset of the outcome's own record in the outcomes partition. */
  readonly at: Offset;
}

interface Page {
  readonly words: Uint32Array;
  isDirty: boolean;
}

/**
 * For each offset of the events topic where its last outcome stands: eight bytes an offset, in files that are addressed by it. The pages
 * that were used last are in memory.
 */
export class OutcomeTable {
  /** By partition and page; the one that was used last stands last. */
  private readonly pages = new Map<string, Page>();
  private readonly latest = new Map<number, { readonly number: number; readonly page: Page }>();

  constructor(private readonly directory: string) {}

  get({ partition, offset }: Position): OutcomePlace | undefined {
    return placeIn(this.page(partition, Math.floor(offset / PAGE_ENTRIES)), (offset % PAGE_ENTRIES) * 2);
  }

  /**
   * Notes where a record's outcome stands, and keeps the later one: of what is read again after a crash, the last word may be known already.
   *
   * @returns what was known before.
   */
  set({ partition, offset }: Position, outcome: OutcomeName, at: Offset): OutcomePlace | undefined {
    const page = this.page(partition, Math.floor(offset / PAGE_ENTRIES));
    const entry = (offset % PAGE_ENTRIES) * 2;
    const known = placeIn(page, entry);
    if (known !== undefined && known.at > at) return known;
    page.words[entry] = at % TWO_POW_32;
    page.words[entry + 1] = Math.floor(at / TWO_POW_32) * 2 ** 16 + OUTCOMES.indexOf(outcome) + 1;
    page.isDirty = true;
    return known;
  }

  /** Writes what has changed. */
  flush(): void {
    for (const [name, page] of this.pages) this.write(name, page);
  }

  /** Deletes the files that lie wholly below an offset. */
  forgetBelow(partition: number, offset: Offset): void {
    const first = Math.floor(offset / FILE_ENTRIES);
    for (const name of readdirSync(this.directory)) {
      const match = /^(\d+)-(\d+)\.outcomes$/.exec(name);
      if (match !== null && Number(match[1]) === partition && Number(match[2]) < first) rmSync(join(this.directory, name));
    }
  }

  private page(partition: number, number: number): Page {
    // Outcomes come in the order of the log, nearly: most are of the page that the last one of their partition was of.
    const latest = this.latest.get(partition);
    if (latest?.number === number) return latest.page;
    const page = this.pageByName(partition, number);
    this.latest.set(partition, { number, page });
    return page;
  }

  private pageByName(partition: number, number: number): Page {
    const name = `${partition}-${number}`;
    const known = this.pages.get(name);
    if (known !== undefined) {
      this.pages.delete(name);
      this.pages.set(name, known);
      return known;
    }
    const page = { words: this.read(partition, number), isDirty: false };
    this.pages.set(name, page);
    if (this.pages.size > MAX_PAGES) this.dropOldest();
    return page;
  }

  private dropOldest(): void {
    for (const [name, page] of this.pages) {
      this.write(name, page);
      this.pages.delete(name);
      for (const [partition, latest] of this.latest) if (latest.page === page) this.latest.delete(partition);
      return;
    }
  }

  private read(partition: number, number: number): Uint32Array {
    const words = new Uint32Array(PAGE_ENTRIES * 2);
    const { path, at } = this.placeOf(partition, number);
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return words;
      throw error;
    }
    try {
      // Less than a page, or nothing, where nothing was written yet: the rest stays empty.
      readSync(file, new Uint8Array(words.buffer), 0, PAGE_BYTES, at);
      return words;
    } finally {
      closeSync(file);
    }
  }

  private write(name: string, page: Page): void {
    if (!page.isDirty) return;
    const [partition = 0, number = 0] = name.split('-').map(Number);
    const { path, at } = this.placeOf(partition, number);
    const file = openSync(path, 'a+');
    try {
      if (fstatSync(file).size < at + PAGE_BYTES) ftruncateSync(file, at + PAGE_BYTES);
    } finally {
      closeSync(file);
    }
    const writable = openSync(path, 'r+');
    try {
      writeSync(writable, new Uint8Array(page.words.buffer), 0, PAGE_BYTES, at);
      page.isDirty = false;
    } finally {
      closeSync(writable);
    }
  }

  private placeOf(partition: number, page: number): { readonly path: string; readonly at: number } {
    const pagesPerFile = FILE_ENTRIES / PAGE_ENTRIES;
    const path = join(this.directory, `${partition}-${Math.floor(page / pagesPerFile)}.outcomes`);
    return { path, at: (page % pagesPerFile) * PAGE_BYTES };
  }
}

function placeIn({ words }: Page, entry: number): OutcomePlace | undefined {
  const [low, high] = [words[entry] ?? 0, words[entry + 1] ?? 0];
  const outcome = OUTCOMES[(high & 0xff) - 1];
  return outcome === undefined ? undefined : { outcome, at: (low + (high >>> 16) * TWO_POW_32) as Offset };
}
