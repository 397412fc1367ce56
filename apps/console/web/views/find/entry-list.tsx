import type { JSX } from 'preact';
import type { Place, TimelineEntry } from '../../../src/api/index.ts';
import { Badge } from '../../ui/badge.tsx';
import { EventLink, isSamePlace, placeText } from '../../components/event-link.tsx';
import { TimeAgo } from '../../ui/time.tsx';
import { answerOf, titleOf } from './answer.ts';

export interface EntryListProps {
  /** In the order of the log. */
  readonly entries: readonly TimelineEntry[];
  /** The one that the page is about. */
  readonly selected?: Place;
}

/** A timeline, latest first: of each event what it was and what became of it. */
export function EntryList({ entries, selected }: EntryListProps): JSX.Element {
  return (
    <ol class="timeline" reversed>
      {entries.toReversed().map((entry) => (
        <Entry
          key={`${entry.source} ${placeText(entry.position)}`}
          entry={entry}
          isSelected={isSamePlace(entry.position, selected)}
        />
      ))}
    </ol>
  );
}

function Entry({ entry, isSelected }: { readonly entry: TimelineEntry; readonly isSelected: boolean }): JSX.Element {
  const { source, subject, position, receivedAt, outcome } = entry;
  const { tone, verdict, sentence } = answerOf(entry);
  return (
    <li class={`entry tone-${tone}`} {...(isSelected && { 'aria-current': 'true' as const })}>
      <div class="entry-head">
        <EventLink source={source} subject={subject} place={position}>
          {titleOf(entry)}
        </EventLink>
        <Badge tone={tone}>{verdict}</Badge>
        <span class="entry-time muted">{receivedAt !== undefined && <TimeAgo at={receivedAt} />}</span>
      </div>
      <p>{sentence}</p>
      {outcome?.run !== undefined && <p class="muted">Brought about by replay {outcome.run}.</p>}
    </li>
  );
}
