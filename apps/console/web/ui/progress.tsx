import type { JSX } from 'preact';
import { formatCount } from './format.ts';

/** How far something is, as a bar and in figures. */
export function Progress({
  label,
  done,
  total,
}: {
  readonly label: string;
  readonly done: number;
  readonly total: number;
}): JSX.Element {
  const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
  return (
    <div class="progress">
      <progress aria-label={label} max={Math.max(1, total)} value={total === 0 ? 1 : done} />
      <span>
        {percent}%{' '}
        <span class="muted">
          · {formatCount(done)} of {formatCount(total)}
        </span>
      </span>
    </div>
  );
}
