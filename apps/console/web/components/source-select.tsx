import type { JSX } from 'preact';
import { sourcesOf, session } from '../session-store.ts';
import { SelectField } from '../ui/field.tsx';
import { useStore } from '../ui/store.ts';

export interface SourceSelectProps {
  readonly value: string;
  readonly onChange: (source: string) => void;
}

/** Which source is meant; nothing to choose where there is one only. */
export function SourceSelect({ value, onChange }: SourceSelectProps): JSX.Element | null {
  const sources = sourcesOf(useStore(session));
  if (sources.length < 2) return null;
  return <SelectField label="Source" options={sources} value={value} onChange={onChange} />;
}
