import { SubCommand } from 'nest-commander';
import { acceptLog, parseWholeNumber, type AcceptedLog } from '#operations';
import { BridgeCommand } from '../bridge-command.ts';
import { Examples } from '../declaration/examples.ts';
import { Options, type ReadOption } from '../declaration/options.ts';
import { actorOf, AS, SOURCE } from '../declaration/shared-options.ts';
import { withLog } from '../log-access.ts';

interface AcceptOptions {
  readonly source?: string;
  readonly partition?: number;
  readonly dryRun?: boolean;
  readonly as?: string;
  readonly json?: boolean;
}

const readPartition: ReadOption = (text, misuse) =>
  parseWholeNumber(text) ?? misuse(`'${text}' is no partition: give its number`);

@SubCommand({ name: 'accept', description: 'Go on with a partition whose log is not what it was, as it is now' })
@Options(
  SOURCE,
  ['--partition <n>', 'the partition that a forwarder refuses', readPartition],
  ['--dry-run', 'say what would be accepted, and change nothing'],
  AS,
  ['--json', 'print {"source", "partition", "dryRun", "anotherFrom", "lost", "lostDeletions"}'],
)
@Examples(
  ['bridge topics accept --source acme --partition 3 --dry-run', 'bridge topics accept --source acme --partition 3'],
  [
    'Every event that stands in the log and was not delivered is delivered then. What was delivered and lost from the log is known by its message',
    'still; what is gone from the log without having been delivered stays gone.',
  ],
)
export class TopicsAcceptCommand extends BridgeCommand {
  async run(words: string[], { source, partition, dryRun = false, json = false, ...who }: AcceptOptions = {}): Promise<void> {
    this.refuseUnknown(words);
    if (partition === undefined) this.misuse('say which partition: --partition <n>');
    await withLog(this.terminal, source, async (log) => {
      const accepted = await acceptLog(log, partition, dryRun ? undefined : actorOf(this.terminal, who));
      const { id } = log.source;
      this.terminal.print(json ? JSON.stringify({ source: id, dryRun, ...accepted }) : render(id, accepted, dryRun));
    });
  }
}

function render(source: string, { partition, anotherFrom, lost, lostDeletions }: AcceptedLog, isRehearsal: boolean): string {
  const lines = [
    `source ${source}, partition ${partition}: ${isRehearsal ? 'would be accepted' : 'accepted; the forwarders go on'}`,
  ];
  if (anotherFrom !== undefined)
    lines.push(
      `  another log from offset ${anotherFrom} on: what stands there is delivered, whatever was delivered from there before`,
    );
  if (lost !== undefined)
    lines.push(`  ${lost.missing} records from offset ${lost.from} up to ${lost.to} are gone and were not delivered`);
  if (lostDeletions.length > 0)
    lines.push(`  deletions that are gone and that Extole has not taken; ask for them again: ${lostDeletions.join(', ')}`);
  return lines.join('\n');
}
