import { describeReplay, figuresOf, type KnownReplay, type Rehearsal } from '#operations';
import type { Replay, ReplayPreview } from '../api/index.ts';

/** A replay as the API shows it. */
export function replayView(source: string, known: KnownReplay): Replay {
  const { run, requestedAt, by, redeliver, rate } = known.request;
  const { state, total, done, results, partitions, partitionsTakenUp, partitionsDone } = figuresOf(known);
  return {
    source,
    run,
    state,
    requestedAt,
    by: by ?? null,
    about: describeReplay(known),
    redeliver,
    rate: rate ?? null,
    total,
    done,
    results,
    partitions,
    partitionsTakenUp,
    partitionsDone,
  };
}

/** A rehearsal's examples likewise. */
export function examplesView({ examples }: Rehearsal): ReplayPreview['examples'] {
  return examples.map(({ result, partition, offset, type, event }) => ({
    result,
    position: { partition, offset },
    type,
    event: event ?? null,
  }));
}
