import type { JSX } from 'preact';
import type { Deletion } from '../../../src/api/index.ts';
import { EventLink } from '../../components/event-link.tsx';
import { Table } from '../../ui/table.tsx';
import { TimeAgo } from '../../ui/time.tsx';
import { formatDuration } from '../../ui/format.ts';
import { hrefOf } from '../../router.ts';
import { DeletionState } from './deletion-state.tsx';

export interface DeletionTableProps {
  readonly caption: string;
  readonly deletions: readonly Deletion[];
}

export function DeletionTable({ caption, deletions }: DeletionTableProps): JSX.Element {
  if (deletions.length === 0) return <p class="muted">None.</p>;
  return (
    <Table
      caption={caption}
      rows={deletions}
      keyOf={({ deletionId }) => deletionId}
      columns={[
        {
          title: 'Deletion',
          cell: ({ deletionId }) => (
            <a href={hrefOf({ view: 'deletions', id: deletionId })}>
              <code>{deletionId}</code>
            </a>
          ),
        },
        { title: 'State', cell: ({ status }) => <DeletionState status={status} /> },
        { title: 'Age', cell: ({ ageMs }) => formatDuration(ageMs), isNumber: true },
        { title: 'Asked for', cell: ({ requestedAt }) => (requestedAt === null ? 'not known' : <TimeAgo at={requestedAt} />) },
        { title: 'Source', cell: ({ source }) => source },
        {
          title: 'User',
          cell: ({ source, subject, position }) => (
            <EventLink source={source} subject={subject} place={position}>
              <code>{subject.slice(0, 8)}…</code>
            </EventLink>
          ),
        },
      ]}
    />
  );
}
