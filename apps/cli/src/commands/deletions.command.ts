import { Command } from 'nest-commander';
import type { DeletionNotice, Outcome } from '#delivery';
import { committedOffsets, decodeLogRecord, isUndecodable, readDeletions, topicBounds } from '#event-log';
import {
  deletionStatusOf,
  liftSuppression,
  openDeletions,
  parseDuration,
  scanOutcomes,
  waitingLongerThan,
  type DeletionStatus,
  type LogAccess,
} from '#operations';
import { parseDeletionId, toOffset, toSubjectKey, type DeletionRef, type Position } from '#segment';
import { BridgeCommand, NOT_AS_IT_SHOULD_BE_EXIT_CODE } from '../bridge-command.ts';
import { CliError } from '../cli-error.ts';
import { Examples } from '../declaration/examples.ts';
import { Options, type ReadOption } from '../declaration/options.ts';
import { actorOf, AS } from '../declaration/shared-options.ts';
import { withLog } from '../log-access.ts';
import { table } from '../table.ts';

interface DeletionsOptions {
  readonly source?: string;
  readonly id?: string;
  readonly open?: boolean;
  /** Milliseconds. */
  readonly olderThan?: number;
  readonly lift?: string;
  readonly as?: string;
  readonly json?: boolean;
}

/** Milliseconds. */
const readAge: ReadOption = (text, misuse) =>
  parseDuration(text) ?? misuse(`'${text}' is no length of time: give one as 90m, 6h or 2d`);

@Command({ name: 'deletions', description: 'Where a deletion stands, or which ones Extole has not taken yet' })
@Options(
  ['--source <id>', 'the source; needed with --open if there are several'],
  ['--id <id>', 'the id that the answer to the deletion held'],
  ['--open', 'those that Extole has not taken yet, the longest waiting first'],
  ['--older-than <time>', 'with --open: only those asked for so long ago (90m, 6h, 2d)', readAge],
  ['--json', 'print {"deletions": [{"deletionId", "status", "position", "requestedAt", "endedAt"}]}'],
  ['--lift <user>', 'end the suppression of a deleted user (afterDeletion: suppress)'],
  AS,
)
@Examples(
  [
    'bridge deletions --open',
    'bridge deletions --open --older-than 1h || notify "deletions are overdue"',
    'bridge deletions --id del_ZGVmYXVsdDoxOjQy --json',
    'bridge deletions --lift 056tf9eqw24',
  ],
  [
    'accepted: in the log, so that no earlier event of the user is sent any more; sent: Extole has taken the erasure.',
    'Exit code 3 with --older-than if there is any, for an alarm; 1 if the log could not be read.',
  ],
)
export class DeletionsCommand extends BridgeCommand {
  async run(_: string[], options: DeletionsOptions = {}): Promise<void> {
    const { source, id, open = false, olderThan, lift, json = false } = options;
    if ([id !== undefined, open, lift !== undefined].filter(Boolean).length !== 1)
      this.misuse('give one of --id, --open and --lift');
    if (olderThan !== undefined && !open) this.misuse('--older-than goes with --open');
    if (lift !== undefined) return this.lift(lift, options);
    const ref = id === undefined ? undefined : this.refOf(id, source);
    await withLog(this.terminal, ref?.source ?? source, async (log) => {
      const deletions =
        ref === undefined || id === undefined
          ? waitingLongerThan(olderThan ?? 0, await findOpen(log), Date.now())
          : [await findOne(log, id, ref)];
      if (olderThan !== undefined && deletions.length > 0) this.terminal.fail(NOT_AS_IT_SHOULD_BE_EXIT_CODE);
      if (json) return this.terminal.print(JSON.stringify({ deletions }));
      if (deletions.length === 0)
        return this.terminal.note(`Extole has taken every deletion${olderThan === undefined ? '' : ' that is older than that'}`);
      this.terminal.print(table([['DELETION', 'STATUS', 'REQUESTED', 'ENDED', 'POSITION'], ...deletions.map(rowOf)]));
    });
  }

  private async lift(user: string, { source, json = false, ...who }: DeletionsOptions): Promise<void> {
    const subject = toSubjectKey(user);
    await withLog(this.terminal, source, async (log) => {
      const { partition, liftedFrom } = await liftSuppression(log, actorOf(this.terminal, who), subject);
      const place = `partition ${partition}, offset ${liftedFrom}`;
      this.terminal.print(
        json ? JSON.stringify({ partition, liftedFrom }) : `lifted: events of that user are delivered again from ${place} on`,
      );
    });
  }

  private refOf(id: string, source: string | undefined): DeletionRef {
    const ref = parseDeletionId(id) ?? this.misuse(`'${id}' is no deletion id`);
    if (source !== undefined && source !== ref.source) this.misuse(`that deletion is of source ${ref.source}, not ${source}`);
    return ref;
  }
}

/** @throws CliError if there is no deletion at the place that the id names */
async function findOne(log: LogAccess, deletionId: string, { position }: DeletionRef): Promise<DeletionStatus> {
  const requestedAt = await tombstoneTime(log, position);
  const outcome = (await erasureOutcomes(log, [position.partition])).get(keyOf(position));
  if (requestedAt === undefined && outcome === undefined)
    throw new CliError(
      `source ${log.source.id} knows no such deletion: the id is another bridge's, or the log no longer reaches back to it`,
    );
  return deletionStatusOf({ deletionId, position, ...(requestedAt !== undefined && { requestedAt }) }, outcome);
}

async function findOpen(log: LogAccess): Promise<DeletionStatus[]> {
  const notices: DeletionNotice[] = [];
  for (const { partition } of await topicBounds(log.kafka, log.topics.deletions)) {
    const place = { topic: log.topics.deletions, partition };
    await readDeletions(log.by, place, toOffset(0), (notice) => notices.push(notice));
  }
  const committed = await committedOffsets(log.kafka, log.settings.groupId, log.topics.events);
  return openDeletions(notices, await erasureOutcomes(log), committed);
}

/** When the deletion came in whose tombstone stands at `position`; undefined if none does (any more). */
async function tombstoneTime({ kafka, reader, topics }: LogAccess, position: Position): Promise<string | undefined> {
  const bounds = (await topicBounds(kafka, topics.events)).find(({ partition }) => partition === position.partition);
  if (bounds === undefined || position.offset < bounds.start || position.offset >= bounds.end) return undefined;
  const { records } = await reader.fetch(topics.events, position.partition, position.offset);
  const message = records.find(({ offset }) => toOffset(offset) === position.offset);
  const record = message && decodeLogRecord(message);
  return record === undefined || isUndecodable(record) || record.type !== 'delete' ? undefined : record.receivedAt;
}

async function erasureOutcomes(log: LogAccess, partitions?: readonly number[]): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  await scanOutcomes(
    log,
    (outcome) => {
      if (outcome.type === 'delete') outcomes.set(keyOf(outcome.position), outcome);
    },
    partitions,
  );
  return outcomes;
}

function keyOf({ partition, offset }: Position): string {
  return `${partition}:${offset}`;
}

function rowOf({ deletionId, status, requestedAt, endedAt, position }: DeletionStatus): string[] {
  return [deletionId, status, requestedAt ?? '-', endedAt ?? '-', keyOf(position)];
}
