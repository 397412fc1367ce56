import { Command, SubCommand } from 'nest-commander';
import { loadForwarderSettings } from '#config';
import { createKafka, topicsOf, withAdmin } from '#event-log';
import {
  askForwarder,
  combineStates,
  controlSource,
  unownedPartitions,
  unownedProblem,
  type CombinedState,
  type ControlVerb,
} from '#operations';
import { BridgeCommand } from '../bridge-command.ts';
import { Examples } from '../declaration/examples.ts';
import { Options } from '../declaration/options.ts';
import { actorOf, AS, SOURCE } from '../declaration/shared-options.ts';
import { SILENT, withLog } from '../log-access.ts';
import { chooseSources } from '../sources.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';

interface SourceOptions {
  readonly source?: string;
  readonly note?: string;
  readonly as?: string;
  readonly json?: boolean;
}

/** What the commands that steer a source have in common. */
@Options(SOURCE, AS, ['--json', 'print {"source", "asked", "at"}'])
abstract class SourceControlCommand extends BridgeCommand {
  protected abstract readonly verb: ControlVerb;
  protected abstract readonly told: string;

  async run(_: string[], { source, note, json = false, ...who }: SourceOptions = {}): Promise<void> {
    await withLog(this.terminal, source, async (log) => {
      const { at } = await controlSource(log, actorOf(this.terminal, who), this.verb, note);
      const { id } = log.source;
      this.terminal.print(json ? JSON.stringify({ source: id, asked: this.verb, at }) : `source ${id}: ${this.told}`);
    });
  }
}

@SubCommand({ name: 'stop', description: 'Deliver no more events of a source until it is resumed; deletions go on' })
@Options(['--note <text>', 'why, for colleagues; nothing personal, it is kept and shown'])
@Examples(
  ['bridge sources stop --source acme --note "campaign is being changed"'],
  ['Holds for forwarders that start later, too.'],
)
export class SourceStopCommand extends SourceControlCommand {
  protected readonly verb = 'stop';
  protected readonly told = 'stopped; calls in flight end, the backlog waits in Kafka, deletions go on';
}

@SubCommand({ name: 'resume', description: 'Go on with a source that was stopped, or whose fault is mended' })
@Examples(['bridge sources resume --source acme'])
export class SourceResumeCommand extends SourceControlCommand {
  protected readonly verb = 'resume';
  protected readonly told = 'goes on';
}

@SubCommand({ name: 'probe', description: 'Try one call of a stopped source now (one for each forwarder)' })
@Examples(['bridge sources probe --source acme', 'bridge sources --source acme        what came of it'])
export class SourceProbeCommand extends SourceControlCommand {
  protected readonly verb = 'probe';
  protected readonly told = 'is tried with the next event of each forwarder; see bridge sources';
}

@Command({
  name: 'sources',
  description: 'How the sources stand, as the running forwarders say',
  subCommands: [SourceStopCommand, SourceResumeCommand, SourceProbeCommand],
})
@Options(
  ['--source <id>', 'only this source'],
  ['--json', 'print {"sources": [{"source", "kind", "reason", "why", "since", "forwarders", "unowned", "faults"}]}'],
)
@Examples([
  'bridge sources',
  'bridge sources stop --source acme',
  'bridge sources probe --source acme',
  'bridge sources resume --source acme',
])
export class SourcesCommand extends BridgeCommand {
  async run(words: string[], { source, json = false }: SourceOptions = {}): Promise<void> {
    this.refuseUnknown(words);
    const sources = await statesOf(this.terminal, source);
    if (json) return this.terminal.print(JSON.stringify({ sources }));
    this.terminal.print(table([['SOURCE', 'STATE', 'SINCE', 'WHY'], ...sources.map(rowOf)]));
    for (const one of sources) {
      const problem = unownedProblem(one.source, one.unowned);
      for (const line of [...one.faults, ...(problem === undefined ? [] : [problem])]) this.terminal.print(line);
    }
  }
}

/** `unowned`: its partitions that no forwarder has. `faults`: what keeps those that one has from being delivered. */
type SourceState = CombinedState & {
  readonly source: string;
  readonly unowned: readonly number[];
  readonly faults: readonly string[];
};

async function statesOf({ env }: Terminal, id: string | undefined): Promise<SourceState[]> {
  const settings = loadForwarderSettings(env);
  const chosen = chooseSources(settings, id);
  const members = await withAdmin(createKafka(settings.kafka, SILENT), (admin) => admin.members(settings.groupId));
  const asked = await Promise.all(members.map(async ({ name, url }) => ({ name, said: await askForwarder(url) })));
  return chosen.map((source) => {
    const answers = asked.flatMap(({ name, said }) => {
      const own = said.kind === 'answered' && said.answer.sources.find((one) => one.source === source.id);
      return own ? [{ forwarder: name, ...own }] : [];
    });
    const said = answers.map(({ forwarder, state }) => ({ forwarder, state }));
    const faults = answers.flatMap(({ partitions }) => partitions.flatMap(({ fault }) => fault ?? []));
    const { events } = topicsOf(settings.topics.prefix, source.id);
    const unowned = unownedPartitions(events, settings.topics.partitions, members);
    return { source: source.id, ...combineStates(source.id, 'events', said), unowned, faults };
  });
}

function rowOf({ source, kind, reason, since, why }: SourceState): string[] {
  return [source, reason === undefined ? kind : `${kind} (${reason})`, since ?? '-', why ?? '-'];
}
