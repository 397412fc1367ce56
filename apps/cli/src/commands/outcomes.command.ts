import { Command } from 'nest-commander';
import { partitionFor, topicBounds } from '#event-log';
import { scanOutcomes, type LogAccess } from '#operations';
import { toSubjectKey } from '#segment';
import { BridgeCommand } from '../bridge-command.ts';
import { Examples } from '../declaration/examples.ts';
import { Options } from '../declaration/options.ts';
import { SOURCE } from '../declaration/shared-options.ts';
import { LatestOutcomes, renderOutcomes } from '../facts/outcome-list.ts';
import { withLog } from '../log-access.ts';

interface OutcomesOptions {
  readonly source?: string;
  readonly messageId?: string;
  readonly user?: string;
  readonly json?: boolean;
}

@Command({ name: 'outcomes', description: 'How the events of a user, or of one messageId, ended' })
@Options(
  SOURCE,
  ['--message-id <id>', "Segment's messageId; a message that came twice has two outcomes"],
  ['--user <id>', 'the user id, as events name it'],
  ['--json', 'print {"outcomes"}, as the topic holds them'],
)
@Examples(
  ['bridge outcomes --user u42', 'bridge outcomes --message-id 5f2c… --json'],
  ['Positions are partition:offset in the events topic, in its order.'],
)
export class OutcomesCommand extends BridgeCommand {
  async run(_: string[], { source, json = false, ...about }: OutcomesOptions = {}): Promise<void> {
    if ((about.messageId === undefined) === (about.user === undefined)) this.misuse('give one of --user and --message-id');
    await withLog(this.terminal, source, async (log) => {
      const outcomes = (await this.find(log, about)).outcomes;
      if (json) return this.terminal.print(JSON.stringify({ outcomes }));
      if (outcomes.length === 0)
        return this.terminal.note('no outcome among those that are kept: never sent to us, not ended yet, or too old');
      this.terminal.print(renderOutcomes(outcomes));
    });
  }

  private async find(log: LogAccess, { user, messageId }: OutcomesOptions): Promise<LatestOutcomes> {
    const latest = new LatestOutcomes();
    const subject = user === undefined ? undefined : log.hasher.subject(toSubjectKey(user));
    const partitions = user === undefined ? undefined : [await partitionOf(log, user)];
    await scanOutcomes(
      log,
      (outcome) => {
        if (subject === undefined ? outcome.messageId === messageId : outcome.subject === subject) latest.add(outcome);
      },
      partitions,
    );
    return latest;
  }
}

async function partitionOf({ kafka, topics }: LogAccess, user: string): Promise<number> {
  return partitionFor(toSubjectKey(user), (await topicBounds(kafka, topics.outcomes)).length);
}
