import type { JSX } from 'preact';
import { Store, useStore } from './store.ts';

const announcement = new Store('');

/** What a screen reader is told next, politely: what an action has led to, never what changes by itself each second. */
export function announce(text: string): void {
  announcement.set(text);
}

/** Where it hears that. */
export function Announcer(): JSX.Element {
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {useStore(announcement)}
    </div>
  );
}
