import type { JSX } from 'preact';
import type { SourceState, TimelineEntry } from '../../../src/api/index.ts';
import { EventLink } from '../../components/event-link.tsx';
import { Time } from '../../ui/time.tsx';
import { hrefOf } from '../../router.ts';

export interface NextStepProps {
  readonly entry: TimelineEntry;
  readonly source: string;
  readonly state: SourceState;
}

/** Where one goes from the answer: to what it is a duplicate of, what erased it, or where one can do something about it. */
export function NextStep({ entry, source, state }: NextStepProps): JSX.Element | null {
  const { fate, subject } = entry;
  switch (fate.kind) {
    case 'duplicate':
      if (fate.of === null) return null;
      return (
        <p class="next-step">
          <EventLink source={source} subject={subject} place={fate.of.position}>
            Show the event that it repeats
          </EventLink>
          {fate.of.at !== null && (
            <span class="muted">
              {' '}
              taken by Extole at <Time at={fate.of.at} />
            </span>
          )}
        </p>
      );
    case 'erased':
      if (fate.by === null) return null;
      return (
        <p class="next-step">
          <EventLink source={source} subject={subject} place={fate.by.position}>
            Show the deletion in the timeline
          </EventLink>{' '}
          <a href={hrefOf({ view: 'deletions', id: fate.by.deletionId })}>Follow the deletion</a>
        </p>
      );
    case 'dead-lettered':
      return (
        <p class="next-step">
          <a href={hrefOf({ view: 'dead-letters' })}>Dead letters of this kind, and how to send them again</a>
        </p>
      );
    case 'filtered':
      return (
        <p class="next-step">
          <a href={hrefOf({ view: 'playground' })}>Try the mapping with an event</a>
        </p>
      );
    case 'backlog':
    case 'held':
      return (
        <p class="next-step">
          <a href={hrefOf({ view: 'overview', source })}>
            Source {source} now: {state.kind}
          </a>
        </p>
      );
    case 'delivered':
    case 'rejected':
    case 'stale':
    case 'erasure-sent':
    case 'erasure-open':
    case 'unknown':
      return null;
  }
}
