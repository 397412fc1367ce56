import { Inject } from '@nestjs/common';
import { Command, Help, Option } from 'nest-commander';
import { partitionFor, topicBounds } from '#event-log';
import { scanOutcomes, type LogAccess } from '#operations';
import { toSubjectKey } from '#segment';
import { BridgeCommand } from '../bridge-command.ts';
import { LatestOutcomes, renderOutcomes } from '../facts/outcome-list.ts';
import { withLog } from '../log-access.ts';
import { TERMINAL, type Terminal } from '../terminal.ts';

interface OutcomesOptions {
  readonly source?: string;
  readonly messageId?: string;
  readonly user?: string;
  readonly json?: boolean;
}

@Command({ name: 'outcomes', description: 'How the events of a user, or of one messageId, ended' })
export class OutcomesCommand extends BridgeCommand {
  constructor(@Inject(TERMINAL) private readonly terminal: Terminal) {
    super();
  }

  async run(_: string[], { source, json = false, ...about }: OutcomesOptions = {}): Promise<void> {
    if ((about.messageId === undefined) === (about.user === undefined)) this.misuse('give one of --user and --message-id');
    await withLog(this.terminal, source, async (log) => {
      const outcomes = (await this.find(log, about)).outcomes;
      if (json) return this.terminal.print(JSON.stringify({ outcomes }));
      if (outcomes.length === 0)
        return this.terminal.note('no outcome within DEDUP_WINDOW: never sent to us, not ended yet, or too old');
      this.terminal.print(renderOutcomes(outcomes));
    });
  }

  @Option({ flags: '--source <id>', description: 'the source; needed if there are several' })
  parseSource(id: string): string {
    return id;
  }

  @Option({ flags: '--message-id <id>', description: "Segment's messageId; a message that came twice has two outcomes" })
  parseMessageId(id: string): string {
    return id;
  }

  @Option({ flags: '--user <id>', description: 'the user id, as events name it' })
  parseUser(id: string): string {
    return id;
  }

  @Option({ flags: '--json', description: 'print {"outcomes"}, as the topic holds them' })
  parseJson(): boolean {
    return true;
  }

  @Help('after')
  examples(): string {
    return '\nPositions are partition:offset in the events topic, in its order.\n\nExamples:\n  bridge outcomes --user u42\n  bridge outcomes --message-id 5f2c… --json';
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
