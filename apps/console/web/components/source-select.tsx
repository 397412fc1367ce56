import type { JSX } from 'preact';
import { sourcesOf, session } from '../session-store.ts';
import { useStore } from '../ui/store.ts';

export interface SourceSelectProps {
  readonly value: string;
  readonly onChange: (source: string) => void;
}

/** Which source is meant; nothing to choose where there is one only. */
export function SourceSelect({ value, onChange }: SourceSelectProps): JSX.Element | null {
  const sources = sourcesOf(useStore(session));
  if (sources.length < 2) return null;
  return (
    <label class="field">
      <span>Source</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {sources.map((source) => (
          <option key={source} value={source}>
            {source}
          </option>
        ))}
      </select>
    </label>
  );
}
