import type { JSX } from 'preact';
import type { Replay } from '../../../src/api/index.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Progress } from '../../ui/progress.tsx';
import { Results } from '../../components/results.tsx';
import { TimeAgo } from '../../ui/time.tsx';
import { countOf, formatCount } from '../../ui/format.ts';
import { Permitted } from '../../components/permitted.tsx';
import { ReplayActions, type ReplayActionsProps } from './replay-actions.tsx';

const TONES: Readonly<Record<Replay['state'], Tone>> = { running: 'good', paused: 'warn', cancelled: 'idle', done: 'good' };

export function isOver({ state }: Replay): boolean {
  return state === 'done' || state === 'cancelled';
}

/** What a replay is about, how far it is, what became of its records, and what one can do with it. */
export function ReplayBody({ replay, onChanged }: ReplayActionsProps): JSX.Element {
  const { state, about, redeliver, rate, done, total, results, requestedAt, by, partitions, partitionsDone } = replay;
  return (
    <div class="replay">
      <p>
        <Badge tone={TONES[state]}>{state}</Badge> {about}
      </p>
      <Progress label={`Progress of replay ${replay.run}`} done={done} total={total} />
      <Results results={results} />
      <p class="muted">
        <TimeAgo at={requestedAt} />
        {by !== null && `, by ${by}`} · {partitionsDone} of {countOf(partitions, 'partition')} done ·{' '}
        {redeliver ? 'redelivers' : 'fills gaps'}
        {rate === null ? '' : ` · at most ${formatCount(rate)}/s`}
      </p>
      <Waiting replay={replay} />
      {!isOver(replay) && (
        <Permitted role="operate" to="pause or cancel it">
          <ReplayActions replay={replay} onChanged={onChanged} />
        </Permitted>
      )}
    </div>
  );
}

/** A replay is carried out by the owners of its partitions: without them it waits. */
function Waiting({ replay }: { readonly replay: Replay }): JSX.Element | null {
  const { state, partitions, partitionsTakenUp } = replay;
  if (state !== 'running' || partitionsTakenUp >= partitions) return null;
  return (
    <Notice tone="warn">
      <p>
        {countOf(partitions - partitionsTakenUp, 'partition')} not taken up yet. If that lasts, no forwarder runs for them, or its
        source is stopped: see the overview.
      </p>
    </Notice>
  );
}
