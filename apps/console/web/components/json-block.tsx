import type { JSX } from 'preact';
import type { Json } from '../../src/api/index.ts';

/** JSON to be read; it scrolls by itself, by keyboard too. */
export function JsonBlock({ label, json }: { readonly label: string; readonly json: Json }): JSX.Element {
  return (
    <pre class="json" tabIndex={0} role="region" aria-label={label}>
      {JSON.stringify(json, null, 2)}
    </pre>
  );
}
