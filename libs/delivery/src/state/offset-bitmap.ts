/**
 * A set of offsets above a moving floor, one bit each. The floor only rises; what falls below it is forgotten.
 *
 * The bits live in a ring of 32-bit words that doubles when a far offset is set: 10 million offsets ahead cost 1.25 MB.
 */
export class OffsetBitmap {
  private words = new Uint32Array(64);
  /** Index of the ring's first live word, counted from offset 0. */
  private floorWord: number;
  private top = -1;

  constructor(floor: number) {
    this.floorWord = Math.floor(floor / 32);
  }

  /** The highest offset ever set; -1 if none. */
  get highest(): number {
    return this.top;
  }

  /** @throws RangeError below the floor: the caller asks about what it has forgotten. */
  set(offset: number): void {
    const word = this.wordOf(offset);
    if (word - this.floorWord >= this.words.length) this.grow(word);
    const slot = word % this.words.length;
    this.words[slot] = (this.words[slot] ?? 0) | (1 << (offset % 32));
    if (offset > this.top) this.top = offset;
  }

  has(offset: number): boolean {
    const word = Math.floor(offset / 32);
    if (word < this.floorWord || word - this.floorWord >= this.words.length) return false;
    return (((this.words[word % this.words.length] ?? 0) >>> (offset % 32)) & 1) === 1;
  }

  /** Forgets every offset below `floor` (rounded down to a word), so that the ring can be used again. */
  raiseFloor(floor: number): void {
    const target = Math.floor(floor / 32);
    const live = Math.min(target, this.floorWord + this.words.length);
    for (let word = this.floorWord; word < live; word++) this.words[word % this.words.length] = 0;
    if (target > this.floorWord) this.floorWord = target;
  }

  private wordOf(offset: number): number {
    const word = Math.floor(offset / 32);
    if (word < this.floorWord) throw new RangeError(`offset ${offset} is below the bitmap's floor`);
    return word;
  }

  private grow(word: number): void {
    let length = this.words.length * 2;
    while (word - this.floorWord >= length) length *= 2;
    const larger = new Uint32Array(length);
    for (let w = this.floorWord; w < this.floorWord + this.words.length; w++)
      larger[w % length] = this.words[w % this.words.length] ?? 0;
    this.words = larger;
  }
}
