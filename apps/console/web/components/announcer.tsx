import type { JSX } from 'preact';
import { announcement } from '../announce.ts';
import { useStore } from '../store.ts';

/** Where a screen reader hears what an action has led to. */
export function Announcer(): JSX.Element {
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {useStore(announcement)}
    </div>
  );
}
