import type { JSX } from 'preact';
import type { ReplayResults } from '../../src/api/index.ts';
import { formatCount } from '../ui/format.ts';
import type { Tone } from '../ui/badge.tsx';

const TONES: Readonly<Record<string, Tone>> = { delivered: 'good', 'dead-lettered': 'bad', rejected: 'bad' };

/** How many records ended (or would end) in which way. */
export function Results({ results }: { readonly results: ReplayResults }): JSX.Element {
  const entries = Object.entries(results).filter(([, count]) => count > 0);
  if (entries.length === 0) return <span class="muted">nothing yet</span>;
  return (
    <ul class="results">
      {entries.map(([outcome, count]) => (
        <li key={outcome} class={`tone-${TONES[outcome] ?? 'idle'}`}>
          <strong>{formatCount(count)}</strong> {outcome}
        </li>
      ))}
    </ul>
  );
}
