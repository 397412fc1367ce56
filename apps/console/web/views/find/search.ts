import type { Find, Found, Timeline, TimelineEntry } from '../../../src/api/index.ts';
import { announce } from '../../ui/announcer.tsx';
import { ask } from '../../api-client.ts';
import { navigate } from '../../router.ts';
import { Store } from '../../ui/store.ts';
import { textOf } from '../../ui/format.ts';

export type SearchState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'searching'; readonly term: string }
  | { readonly kind: 'failed'; readonly term: string; readonly message: string }
  | { readonly kind: 'found'; readonly term: string; readonly found: Found };

export const searchState = new Store<SearchState>({ kind: 'idle' });

const HASH = /^[0-9a-f]{32}$/;

/**
 * Looks for whatever the text may name, and leads there: to the one timeline that it names, else to the view that lists what was found.
 * The text itself never becomes part of an address: it may be a person's.
 */
export async function search(text: string): Promise<void> {
  const term = text.trim();
  if (term === '') return navigate({ view: 'find' });
  if (term.startsWith('del_')) return navigate({ view: 'deletions', id: term });
  const mine: SearchState = { kind: 'searching', term };
  searchState.set(mine);
  try {
    const found = await findAll(term);
    if (searchState.value !== mine) return;
    searchState.set({ kind: 'found', term, found });
    leadTo(term, found);
  } catch (error) {
    if (searchState.value === mine) searchState.set({ kind: 'failed', term, message: textOf(error) });
    navigate({ view: 'find' });
  }
}

/** Asks for the text as each thing that it may be. */
async function findAll(term: string): Promise<Found> {
  const meanings: Find[] = [{ messageId: term }, { user: term }, ...(HASH.test(term) ? [{ subject: term }] : [])];
  const answers = await Promise.all(meanings.map((body) => ask('POST /api/find', { body })));
  const timelines = new Map<string, Timeline>();
  for (const timeline of answers.flatMap((answer) => answer.timelines)) {
    const key = timelineKey(timeline);
    if (!timelines.has(key)) timelines.set(key, timeline);
  }
  const hint = answers.find((answer) => answer.hint !== undefined)?.hint;
  return {
    timelines: [...timelines.values()],
    complete: answers.every(({ complete }) => complete),
    ...(timelines.size === 0 && hint !== undefined && { hint }),
  };
}

/** What tells timelines apart: what is found in two ways is shown once. */
export function timelineKey({ source, partition, subject }: Timeline): string {
  return `${source} ${partition} ${subject ?? ''}`;
}

function leadTo(term: string, { timelines }: Found): void {
  const [only, ...others] = timelines;
  if (only?.subject === undefined || others.length > 0) {
    announce(timelines.length === 0 ? 'Nothing found' : `${timelines.length} users found`);
    return navigate({ view: 'find' });
  }
  const { source, subject, entries } = only;
  const meant = entryOf(term, entries);
  announce('Found');
  navigate({ view: 'timeline', source, subject, ...(meant !== undefined && { place: meant.position }) });
}

/** Of a message that came several times, the record that reached Extole, else the latest. */
function entryOf(messageId: string, entries: readonly TimelineEntry[]): TimelineEntry | undefined {
  const same = entries.filter((entry) => entry.messageId === messageId);
  return same.find(({ fate }) => fate.kind === 'delivered') ?? same.at(-1);
}
