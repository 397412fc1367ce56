import type { JSX } from 'preact';
import { Notice } from '../ui/notice.tsx';

/** Said wherever the console may know too little, as its index is behind. */
export function Incomplete(): JSX.Element {
  return (
    <Notice tone="warn" title="The console is still reading the log">
      <p>There may be more than is shown. It goes on by itself.</p>
    </Notice>
  );
}
