import type { JSX } from 'preact';
import type { Deletion } from '../../../src/api/index.ts';
import { EventLink, placeText } from '../../components/event-link.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Panel } from '../../ui/panel.tsx';
import { TimeAgo } from '../../ui/time.tsx';
import { formatDuration } from '../../ui/format.ts';
import { DeletionState } from './deletion-state.tsx';

const SENTENCES: Readonly<Record<Deletion['status'], string>> = {
  accepted:
    'The user is deleted for us: none of their earlier events is sent any more. Extole has not taken the erasure yet; it is tried until it has.',
  sent: 'Extole has taken the erasure. On its side it may take up to 7 days.',
  failed: 'The erasure ended without Extole having taken it. Its record in the timeline says why.',
};

export function DeletionFacts({ deletion }: { readonly deletion: Deletion }): JSX.Element {
  const { deletionId, source, subject, position, status, requestedAt, endedAt, ageMs, attempts } = deletion;
  return (
    <Panel title={deletionId} aside={<DeletionState status={status} />}>
      <p class="answer-sentence">{SENTENCES[status]}</p>
      <p class="next-step">
        <EventLink source={source} subject={subject} place={position}>
          Show all of this user
        </EventLink>
      </p>
      <Facts
        facts={[
          ['Asked for', requestedAt === null ? 'no longer known' : <TimeAgo at={requestedAt} />],
          ['Ended', endedAt === null ? 'not yet' : <TimeAgo at={endedAt} />],
          ['Age', formatDuration(ageMs)],
          ['Attempts', attempts],
          ['Source', source],
          ['Partition:offset', <code>{placeText(position)}</code>],
        ]}
      />
    </Panel>
  );
}
