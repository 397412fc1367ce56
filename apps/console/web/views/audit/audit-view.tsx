import type { JSX } from 'preact';
import type { Audit, AuditedAction } from '../../../src/api/index.ts';
import { ask } from '../../api-client.ts';
import { placeText } from '../../components/event-link.tsx';
import { hrefOf } from '../../router.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { useResource } from '../../ui/use-resource.ts';

const REFRESH_MS = 3_000;

/** Who did what, when, as the log holds it. */
export function AuditView(): JSX.Element {
  const audit = useResource<Audit>(
    'all',
    (signal) => ask('GET /api/audit', { signal }),
    () => REFRESH_MS,
  );
  return (
    <>
      <h1>Audit</h1>
      <p class="muted">
        What operators have done, the newest first: kept in Kafka for good, and written before it takes effect. The console has
        checked the names of those who acted through it; on the command line one may call oneself anything. Logins, logouts and
        wrong tokens are in the console’s log alone (signed_in, signed_out, login_refused).
      </p>
      <Loaded resource={audit} what="the audit">
        {({ actions, complete }) =>
          actions.length === 0 ? (
            <Empty title="Nothing yet">
              <p>No operator has unmasked, stopped or replayed anything since this is recorded.</p>
            </Empty>
          ) : (
            <Panel title="Who did what">
              {!complete && <p class="muted">The newest thousand of each source; the log holds the older ones.</p>}
              <Actions actions={actions} />
            </Panel>
          )
        }
      </Loaded>
    </>
  );
}

function Actions({ actions }: { readonly actions: readonly AuditedAction[] }): JSX.Element {
  return (
    <Table
      caption="Actions of operators"
      rows={actions}
      keyOf={(one) => JSON.stringify(one)}
      columns={[
        { title: 'When', cell: ({ at }) => <Time at={at} /> },
        { title: 'Who', cell: ({ by }) => by },
        { title: 'By way of', cell: ({ via }) => WAYS[via] },
        { title: 'What', cell: ({ action }) => WORDS[action] ?? action },
        { title: 'Source', cell: ({ source }) => source },
        { title: 'Of what', cell: (one) => <Objects action={one} /> },
      ]}
    />
  );
}

const WAYS: Readonly<Record<AuditedAction['via'], string>> = { console: 'console', cli: 'command line' };

const WORDS: Readonly<Record<string, string>> = {
  unmask: 'unmasked an event',
  stop: 'stopped the source',
  resume: 'resumed the source',
  probe: 'probed the source',
  replay: 'started a replay',
  redrive: 'redrove dead letters',
  pause: 'paused a replay',
  continue: 'let a replay go on',
  cancel: 'cancelled a replay',
  lift: 'lifted a suppression',
  'accept-log': 'accepted a log',
};

function Objects({
  action: { source, run, position, partition, subject, note },
}: {
  readonly action: AuditedAction;
}): JSX.Element {
  return (
    <>
      {run !== undefined && <a href={hrefOf({ view: 'replays', run: { source, id: run } })}>{run}</a>}
      {position !== undefined && <code>{placeText(position)}</code>}
      {subject !== undefined && <a href={hrefOf({ view: 'timeline', source, subject })}>{subject}</a>}
      {subject === undefined && partition !== undefined && `partition ${partition}`}
      {note}
    </>
  );
}
