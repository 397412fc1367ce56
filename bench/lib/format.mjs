/** A Markdown table; the first column is text, the others are aligned to the right. */
export function markdownTable(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

export function whole(value) {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en-US') : '-';
}

export function fixed(value, digits = 2) {
  return Number.isFinite(value) ? value.toFixed(digits) : '-';
}

/** `5,722 (5,600 to 5,800)`: a median with its spread; the median alone if there was one round. */
export function spread({ median, least, most }, format = whole) {
  return least === most ? format(median) : `${format(median)} (${format(least)} to ${format(most)})`;
}
