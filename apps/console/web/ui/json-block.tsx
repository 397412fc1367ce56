import type { JSX } from 'preact';

/** JSON to be read; it scrolls by itself, by keyboard too. */
export function JsonBlock({ label, json }: { readonly label: string; readonly json: unknown }): JSX.Element {
  return (
    <pre class="json" tabIndex={0} role="region" aria-label={label}>
      {JSON.stringify(json, null, 2)}
    </pre>
  );
}
