import type { JSX } from 'preact';
import type { Replay } from '../../../src/api/index.ts';
import { ask } from '../../api-client.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { hrefOf } from '../../router.ts';
import { useResource } from '../../ui/use-resource.ts';
import { isOver, ReplayBody } from './replay-body.tsx';

export interface ReplayProgressProps {
  readonly source: string;
  readonly run: string;
}

const RUNNING_MS = 1_000;
const OVER_MS = 30_000;

/** Replays that this page has begun, as they were then: the console itself reads of them in the log a moment later. */
const begun = new Map<string, Replay>();

export function rememberBegun(replay: Replay): void {
  begun.set(`${replay.source}/${replay.run}`, replay);
}

/** One replay as it goes on. */
export function ReplayProgress({ source, run }: ReplayProgressProps): JSX.Element {
  const replay = useResource<Replay>(
    `${source}/${run}`,
    (signal) => ask('GET /api/replays/{source}/{run}', { params: { source, run }, signal }),
    (value) => (value !== undefined && isOver(value) ? OVER_MS : RUNNING_MS),
    begun.get(`${source}/${run}`),
  );
  return (
    <div class="inset">
      <p class="muted">
        Replay <a href={hrefOf({ view: 'replays', run: { source, id: run } })}>{run}</a>
      </p>
      <Loaded resource={replay} what="the replay">
        {(value) => <ReplayBody replay={value} onChanged={replay.reload} />}
      </Loaded>
    </div>
  );
}
