import { Store } from './store.ts';

/** What a screen reader is told next, politely: what an action has led to, never what changes by itself each second. */
export const announcement = new Store('');

export function announce(text: string): void {
  announcement.set(text);
}
