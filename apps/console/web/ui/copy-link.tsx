import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { announce } from './announcer.tsx';
import { Icon } from './icon.tsx';

/** Copies this page's address, to be sent to a colleague. */
export function CopyLink(): JSX.Element {
  const [isDone, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(location.href);
      announce('Link copied');
      setDone(true);
      setTimeout(() => setDone(false), 2_000);
    } catch {
      // Without TLS or permission there is no clipboard: the address bar has the same.
      announce('The browser does not allow it: copy the address from the address bar');
    }
  };
  return (
    <button type="button" class="quiet" onClick={() => void copy()}>
      <Icon name="link" /> {isDone ? 'Copied' : 'Copy link'}
    </button>
  );
}
