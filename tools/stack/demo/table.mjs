/** Below this, columns would be too narrow to read. */
const MIN_TABLE_WIDTH = 90;
const GAP = '  ';

/**
 * Rows of `{left, right, last}` under a header, as lines no wider than `width`: three columns side by side, each wrapped, or on a narrow terminal the cells below
 * one another. Pure; `paint(cell, text)` may colour a padded piece of a cell.
 */
export function renderRows(header, rows, width, paint = (_, text) => text) {
  return width < MIN_TABLE_WIDTH ? stacked(header, rows, width, paint) : columns(header, rows, width, paint);
}

function columns(header, rows, width, paint) {
  const lastWidth = Math.max(...[header, ...rows].map(({ last }) => last.length));
  const leftWidth = Math.floor((width - lastWidth - 3 * GAP.length) * 0.4);
  const rightWidth = width - lastWidth - 3 * GAP.length - leftWidth;
  const lines = (row) => {
    const cells = { left: wrap(row.left, leftWidth), right: wrap(row.right, rightWidth) };
    const height = Math.max(cells.left.length, cells.right.length);
    return Array.from({ length: height }, (_, line) => {
      const left = paint('left', (cells.left[line] ?? '').padEnd(leftWidth), row);
      const right = paint('right', (cells.right[line] ?? '').padEnd(rightWidth), row);
      return `${GAP}${left}${GAP}${right}${GAP}${line === 0 ? paint('last', row.last, row) : ''}`.trimEnd();
    });
  };
  return [header, ...rows].flatMap(lines);
}

function stacked(header, rows, width, paint) {
  const labels = Math.max(header.left.length, header.right.length, header.last.length);
  return rows.flatMap((row) =>
    ['left', 'right', 'last'].flatMap((cell) =>
      wrap(row[cell], Math.max(10, width - labels - 2 * GAP.length)).map((text, line) =>
        `${GAP}${(line === 0 ? header[cell] : '').padEnd(labels)}${GAP}${paint(cell, text, row)}`.trimEnd(),
      ),
    ),
  );
}

/** A blank that keeps what is on both sides of it on one line. */
export const NO_BREAK = '\u00a0';

/** Breaks a text at blanks into lines of at most `width`, at a NO_BREAK only where that is not enough; a longer word is cut. */
export function wrap(text, width) {
  const lines = [];
  let line = '';
  const words = text.split(' ').flatMap((word) => (word.length > width ? word.split(NO_BREAK) : [word]));
  for (const word of words) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length > width) {
      lines.push(line);
      line = '';
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  lines.push(line);
  return lines.map((text) => text.replaceAll(NO_BREAK, ' '));
}
