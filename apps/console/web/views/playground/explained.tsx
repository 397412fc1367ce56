import type { ComponentChildren, JSX } from 'preact';
import type { ExplainedMessage, ExplainedPlace, ExplainedRequest } from '../../../src/api/index.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Facts } from '../../ui/facts.tsx';
import { JsonBlock } from '../../ui/json-block.tsx';
import { MappedFields } from '../../components/mapped-fields.tsx';
import { Table } from '../../ui/table.tsx';

/** What would become of a message. */
export function Explained({ explained }: { readonly explained: ExplainedMessage }): JSX.Element {
  switch (explained.kind) {
    case 'refused':
      return (
        <Verdict tone="bad" badge="Refused">
          Ingest would count it and not write it to the log: <code>{explained.reason}</code>.
        </Verdict>
      );
    case 'unsupported':
      return (
        <Verdict tone="idle" badge="Not supported">
          This destination takes identify, track and deletions; <code>{explained.type}</code> is counted and not written to the
          log.
        </Verdict>
      );
    case 'erasure':
      return (
        <>
          <Verdict tone="warn" badge="Deletion">
            The user is erased at Extole, and everything of theirs that comes before it in the log is not sent any more.
          </Verdict>
          <PlaceFacts place={explained} />
        </>
      );
    case 'filtered':
      return (
        <>
          <Verdict tone="idle" badge="Filtered">
            It would be written to the log and not sent: {explained.reason}, decided by <code>{explained.decidedBy}</code>.
          </Verdict>
          <PlaceFacts place={explained} />
        </>
      );
    case 'request':
      return <Request request={explained} />;
  }
}

interface VerdictProps {
  readonly tone: Tone;
  readonly badge: string;
  readonly children: ComponentChildren;
}

function Verdict({ tone, badge, children }: VerdictProps): JSX.Element {
  return (
    <p class="verdict">
      <Badge tone={tone}>{badge}</Badge> {children}
    </p>
  );
}

function Request({ request }: { readonly request: ExplainedPlace & ExplainedRequest }): JSX.Element {
  const { event, mode, body, omitted } = request;
  return (
    <>
      <Verdict tone="good" badge="Sent">
        As <code>{event}</code>, to the {mode === 'async' ? 'asynchronous' : 'synchronous'} endpoint.
      </Verdict>
      <JsonBlock label="The request’s body" json={body} />
      <PlaceFacts place={request} />
      <MappedFields {...request} />
      {omitted.length > 0 && (
        <Table
          caption="Not sent"
          rows={omitted}
          keyOf={({ source }) => source}
          columns={[
            { title: 'Not sent', cell: ({ source }) => <code>{source}</code> },
            { title: 'Why', cell: ({ reason }) => reason },
          ]}
        />
      )}
    </>
  );
}

function PlaceFacts({ place }: { readonly place: ExplainedPlace }): JSX.Element {
  const { subject, hashedSubject, partition, partitions } = place;
  return (
    <Facts
      facts={[
        ['Partition', `${partition} of ${partitions}`],
        ['Subject key', <code>{subject}</code>],
        ['Hashed', hashedSubject === undefined ? undefined : <code>{hashedSubject}</code>],
      ]}
    />
  );
}
