import type { JSX } from 'preact';
import { Notice } from '../../ui/notice.tsx';

export function UnreachableView({ message }: { readonly message: string }): JSX.Element {
  return (
    <main class="page narrow">
      <h1>Segment → Extole</h1>
      <Notice tone="bad" title="The console does not answer" isAlert>
        <p>{message}</p>
      </Notice>
    </main>
  );
}
