import type { JSX } from 'preact';
import type { DeadLetterExample, DeadLetterGroup, EventDetail, Replay } from '../../../src/api/index.ts';
import { ask } from '../../api-client.ts';
import { placeText } from '../../components/event-link.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';
import { TimeAgo } from '../../ui/time.tsx';
import { answerText, countOf } from '../../ui/format.ts';
import { navigate } from '../../router.ts';
import { Redrive } from './redrive.tsx';
import { useAttempt } from '../../ui/use-attempt.ts';

export interface DeadLetterGroupProps {
  readonly group: DeadLetterGroup;
  readonly onRedriven: (run: Replay) => void;
}

/** Dead letters of one cause, with examples that lead to the answer about each, and the redrive. */
export function DeadLetterGroupPanel({ group, onRedriven }: DeadLetterGroupProps): JSX.Element {
  const { source, code, event, count, first, last, examples } = group;
  return (
    <Panel
      class="tone-bad edged"
      title={
        <>
          <code>{code}</code> · {event}
        </>
      }
      aside={<strong>{countOf(count, 'event')}</strong>}
    >
      <p class="muted">
        source {source} · first <TimeAgo at={first} /> · last <TimeAgo at={last} />
      </p>
      <Table
        caption={`Latest dead letters of ${code}, ${event}`}
        rows={examples}
        keyOf={({ position }) => placeText(position)}
        columns={[
          { title: 'Message', cell: (example) => <Example source={source} example={example} /> },
          { title: 'When', cell: ({ at }) => <TimeAgo at={at} /> },
          { title: 'Answer', cell: ({ status }) => answerText(status, code) },
          { title: 'Attempts', cell: ({ attempts }) => attempts, isNumber: true },
          { title: 'Extole’s id of the error', cell: ({ detail }) => (detail === undefined ? '' : <code>{detail}</code>) },
        ]}
      />
      <Redrive group={group} onStarted={onRedriven} />
    </Panel>
  );
}

/** The group does not know whose they are: the event does. */
function Example({ source, example }: { readonly source: string; readonly example: DeadLetterExample }): JSX.Element {
  const { attempt, failure } = useAttempt();
  const open = (): Promise<void> =>
    attempt(async () => {
      const params = { source, ...example.position };
      const { entry }: EventDetail = await ask('GET /api/events/{source}/{partition}/{offset}', { params });
      navigate({ view: 'timeline', source, subject: entry.subject, place: entry.position });
    });
  return (
    <>
      <button type="button" class="link" onClick={() => void open()}>
        <code>{example.messageId}</code>
      </button>
      <Failure text={failure} />
    </>
  );
}
