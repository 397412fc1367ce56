import { REPLAY_RESULTS, type ReplayCounts, type ReplayResult } from '#delivery';
import { figuresOf, type KnownReplay } from '#operations';
import { table } from '../table.ts';
import { grouped } from './progress-line.ts';

const MEANING: Readonly<Record<ReplayResult, string>> = {
  delivered: 'taken by Extole',
  duplicate: 'repeats another event that was delivered',
  filtered: 'switched off, or filtered by the mapping',
  rejected: "refused by the programme's own rules",
  erased: 'its user was deleted later in the log',
  stale: 'a newer profile was delivered',
  'dead-lettered': 'failed again: see bridge dead-letters list',
  skipped: 'was delivered already, or is too old to tell',
};

/** How the records of a replay ended, as a table. */
export function summaryOf(results: ReplayCounts, meaning: Readonly<Record<ReplayResult, string>> = MEANING): string {
  const rows = REPLAY_RESULTS.flatMap((name) => {
    const count = results[name];
    return count === undefined ? [] : [[name, grouped(count).padStart(9), meaning[name]]];
  });
  return rows.length === 0 ? 'no record matched' : table(rows);
}

/** A replay as `--json` prints it. */
export function replayJson(replay: KnownReplay): object {
  const { request } = replay;
  const { state, total, done, results, partitions, partitionsTakenUp, partitionsDone } = figuresOf(replay);
  const { run, requestedAt, ranges, filter, redeliver, rate } = request;
  return {
    run,
    state,
    requestedAt,
    filter,
    redeliver,
    ...(rate !== undefined && { rate }),
    ranges,
    total,
    done,
    results,
    partitions,
    partitionsTakenUp,
    partitionsDone,
  };
}
