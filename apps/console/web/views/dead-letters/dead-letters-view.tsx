import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { DeadLetters, Replay } from '../../../src/api/index.ts';
import { ask } from '../../api-client.ts';
import { Incomplete } from '../../components/incomplete.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { countOf } from '../../ui/format.ts';
import { useResource } from '../../ui/use-resource.ts';
import { ReplayProgress } from '../replays/replay-progress.tsx';
import { DeadLetterGroupPanel } from './dead-letter-group.tsx';

const REFRESH_MS = 5_000;

/** What was given up, by cause: mend the cause, then send the group again. */
export function DeadLettersView(): JSX.Element {
  const letters = useResource<DeadLetters>(
    'all',
    (signal) => ask('GET /api/dead-letters', { signal }),
    () => REFRESH_MS,
  );
  // Kept here and not with their group, which goes once all of it is delivered.
  const [runs, setRuns] = useState<readonly Replay[]>([]);
  return (
    <>
      <h1>Dead letters</h1>
      <Loaded resource={letters} what="the dead letters">
        {({ groups, complete }) => (
          <>
            {!complete && <Incomplete />}
            {runs.map(({ source, run, about }) => (
              <Panel key={run} title="Redrive" aside={<span class="muted">{about}</span>}>
                <ReplayProgress source={source} run={run} />
              </Panel>
            ))}
            {groups.length === 0 ? (
              <Empty title="No dead letters">
                <p>
                  Every event that Extole has refused for good would be here, by its cause, to be sent again once that is mended.
                </p>
              </Empty>
            ) : (
              <p class="muted">
                {countOf(
                  groups.reduce((sum, { count }) => sum + count, 0),
                  'event',
                )}{' '}
                in {countOf(groups.length, 'group')}, the most frequent first. Mend the cause, then redrive the group.
              </p>
            )}
            {groups.map((group) => (
              <DeadLetterGroupPanel
                key={`${group.source} ${group.code} ${group.event}`}
                group={group}
                onRedriven={(run) => {
                  setRuns((before) => [run, ...before]);
                  letters.reload();
                }}
              />
            ))}
          </>
        )}
      </Loaded>
    </>
  );
}
