import type { JSX } from 'preact';
import type { Replays } from '../../../src/api/index.ts';
import { ask } from '../../api-client.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { hrefOf, navigate } from '../../router.ts';
import { useResource } from '../../ui/use-resource.ts';
import { isOver, ReplayBody } from './replay-body.tsx';
import { ReplayProgress } from './replay-progress.tsx';
import { StartReplay } from './start-replay.tsx';

export interface ReplaysViewProps {
  /** The one that the address names. */
  readonly run?: { readonly source: string; readonly id: string };
}

const RUNNING_MS = 1_000;
const QUIET_MS = 5_000;

export function ReplaysView({ run }: ReplaysViewProps): JSX.Element {
  return run === undefined ? <AllReplays /> : <OneReplay {...run} />;
}

function OneReplay({ source, id }: { readonly source: string; readonly id: string }): JSX.Element {
  return (
    <>
      <h1>Replay</h1>
      <Panel title={id} aside={<a href={hrefOf({ view: 'replays' })}>All replays</a>}>
        <ReplayProgress source={source} run={id} />
      </Panel>
    </>
  );
}

function AllReplays(): JSX.Element {
  const replays = useResource<Replays>(
    'all',
    (signal) => ask('GET /api/replays', { signal }),
    (value) => (value?.replays.some((replay) => !isOver(replay)) === true ? RUNNING_MS : QUIET_MS),
  );
  return (
    <>
      <h1>Replays</h1>
      <StartReplay onStarted={({ source, run }) => navigate({ view: 'replays', run: { source, id: run } })} />
      <Loaded resource={replays} what="the replays">
        {({ replays: all }) =>
          all.length === 0 ? (
            <Empty title="No replays yet">
              <p>A replay sends a part of the log again: to fill gaps after a mistake, or to redeliver what Extole has lost.</p>
            </Empty>
          ) : (
            <>
              {all.map((replay) => (
                <Panel
                  key={`${replay.source} ${replay.run}`}
                  title={<a href={hrefOf({ view: 'replays', run: { source: replay.source, id: replay.run } })}>{replay.run}</a>}
                  aside={<span class="muted">source {replay.source}</span>}
                >
                  <ReplayBody replay={replay} onChanged={replays.reload} />
                </Panel>
              ))}
            </>
          )
        }
      </Loaded>
    </>
  );
}
