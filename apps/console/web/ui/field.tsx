import type { ComponentChildren, JSX } from 'preact';

export interface FieldProps {
  readonly label: string;
  /** Its label stands before it, not above. */
  readonly isInline?: boolean;
  /** What one types or chooses in. */
  readonly children: ComponentChildren;
}

/** An input with its label. */
export function Field({ label, isInline = false, children }: FieldProps): JSX.Element {
  return (
    <label class={isInline ? 'field inline' : 'field'}>
      <span>{label}</span>
      {children}
    </label>
  );
}

export interface TextFieldProps {
  readonly label: string;
  /** An example, or what empty means. */
  readonly hint?: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

export function TextField({ label, hint = 'any', value, onChange }: TextFieldProps): JSX.Element {
  return (
    <Field label={label}>
      <input
        type="text"
        autocomplete="off"
        placeholder={hint}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </Field>
  );
}

export interface SelectFieldProps<Value extends string> {
  readonly label: string;
  readonly options: readonly Value[];
  /** What the empty option, which then comes first, is called. */
  readonly none?: string;
  /** Absent: the browser keeps it. */
  readonly value?: Value;
  readonly onChange: (value: Value) => void;
  readonly isInline?: boolean;
}

export function SelectField<Value extends string>(props: SelectFieldProps<Value>): JSX.Element {
  const { label, options, none, value, onChange, isInline = false } = props;
  return (
    <Field label={label} isInline={isInline}>
      <select {...(value !== undefined && { value })} onChange={(event) => onChange(event.currentTarget.value as Value)}>
        {none !== undefined && <option value="">{none}</option>}
        {options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </Field>
  );
}

export interface CheckFieldProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

export function CheckField({ label, isOn, onChange }: CheckFieldProps): JSX.Element {
  return (
    <label class="check">
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}
