import type { JSX } from 'preact';

export interface RateFieldProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** How fast at most; empty is as fast as the live events leave room. */
export function RateField({ value, onChange }: RateFieldProps): JSX.Element {
  return (
    <label class="field">
      <span>Events per second, at most</span>
      <input
        type="number"
        placeholder="no limit"
        min={1}
        step={1}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}
