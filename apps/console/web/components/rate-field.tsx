import type { JSX } from 'preact';
import { Field } from '../ui/field.tsx';

export interface RateFieldProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** How fast at most; empty is as fast as the live events leave room. */
export function RateField({ value, onChange }: RateFieldProps): JSX.Element {
  return (
    <Field label="Events per second, at most">
      <input
        type="number"
        placeholder="no limit"
        min={1}
        step={1}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </Field>
  );
}
