export interface Row {
  readonly left: string;
  readonly right: string;
  readonly last: string;
}

/** Rows under a header, as lines no wider than `width`. */
export declare function renderRows(
  header: Row,
  rows: readonly Row[],
  width: number,
  paint?: (cell: keyof Row, text: string, row: Row) => string,
): string[];

/** A blank that keeps what is on both sides of it on one line. */
export declare const NO_BREAK: string;

/** Breaks a text at blanks into lines of at most `width`, at a NO_BREAK only where that is not enough; a longer word is cut. */
export declare function wrap(text: string, width: number): string[];
