import type { JSX } from 'preact';
import type { IndexOverview } from '../../../src/api/index.ts';
import { countOf, formatBytes } from '../../ui/format.ts';

/** How far the console itself has read: while it is behind, a search may find too little. */
export function IndexNote({ index }: { readonly index: IndexOverview }): JSX.Element {
  const { caughtUp, behind, outcomes, bytes } = index;
  return (
    <p class="muted">
      The console knows {countOf(outcomes, 'outcome')} ({formatBytes(bytes)}) and{' '}
      {caughtUp ? 'is up to date with the log' : `has ${countOf(behind, 'record')} left to read: a search may find too little`}.
    </p>
  );
}
