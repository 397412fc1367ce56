import { Command, SubCommand } from 'nest-commander';
import { loadCommonSettings } from '#config';
import {
  compareTopics,
  createKafka,
  describeMismatch,
  ensureTopics,
  readTopics,
  repairTopicConfigs,
  topicSpecs,
  type LogClient,
  type LogSink,
  type TopicSpec,
  type TopicState,
} from '#event-log';
import { BridgeCommand, CommandGroup } from '../bridge-command.ts';
import { Examples } from '../declaration/examples.ts';
import { Options } from '../declaration/options.ts';
import { chooseSources } from '../sources.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { TopicsAcceptCommand } from './topics-accept.command.ts';
import { TopicsAclsCommand } from './topics-acls.command.ts';

interface TopicsOptions {
  readonly source?: string;
  readonly repair?: boolean;
  readonly json?: boolean;
}

/** The client and the specs that a topics command works with. */
function prepare(terminal: Terminal, source: string | undefined, log: LogSink): { kafka: LogClient; specs: TopicSpec[] } {
  const settings = loadCommonSettings(terminal.env);
  const specs = chooseSources(settings, source).flatMap((source) => topicSpecs(settings.topics, source));
  return { kafka: createKafka(settings.kafka, log), specs };
}

/** The events of the log that the operator should see; the rest is kafkajs talking about its retries. */
function events(terminal: Terminal, asJson: boolean): LogSink {
  const tell = (event: string, { topic, setting, kind, reason }: Record<string, unknown> = {}): void => {
    const line = LINES[event];
    if (line === undefined || asJson) return;
    const weight = typeof kind === 'string' ? `(${kind}):` : undefined;
    terminal.note([line, topic, setting, weight, reason].filter((part) => typeof part === 'string').join(' '));
  };
  return { debug: () => undefined, info: tell, warn: tell, error: tell };
}

const LINES: Readonly<Record<string, string>> = {
  topic_created: 'created',
  topic_repaired: 'repaired',
  topic_differs: 'note:',
  topic_setting_refused: 'the cluster does not take, so its own value holds:',
};

@SubCommand({ name: 'ensure', description: 'Create the topics that are missing and check the others' })
@Options(
  ['--source <id>', 'only the topics of this source'],
  ['--repair', 'set the configuration of existing topics to what it must be'],
  ['--json', 'print {"topics"}'],
)
@Examples([
  'bridge topics ensure                    create what is missing, before the first start',
  'bridge topics ensure --repair           after EVENTS_RETENTION or DEDUP_WINDOW has changed',
  'bridge topics ensure --source acme      for a source that was just added',
])
export class TopicsEnsureCommand extends BridgeCommand {
  async run(_: string[], { source, repair = false, json = false }: TopicsOptions = {}): Promise<void> {
    const log = events(this.terminal, json);
    const { kafka, specs } = prepare(this.terminal, source, log);
    if (repair) await repairTopicConfigs(kafka, specs, log);
    await ensureTopics(kafka, specs, log);
    const topics = specs.map(({ topic }) => topic);
    this.terminal.print(json ? JSON.stringify({ topics }) : `all ${topics.length} topics are as they must be`);
  }
}

@SubCommand({ name: 'describe', description: 'Show the topics of every source, and how they differ from what they must be' })
@Options(
  ['--source <id>', 'only the topics of this source'],
  ['--json', 'print {"topics": [{"topic", "partitions", "replication", "config", "mismatches"}]}'],
)
@Examples(
  ['bridge topics describe', 'bridge topics describe --source acme --json'],
  ['Exits with 1 if an app would refuse to start.'],
)
export class TopicsDescribeCommand extends BridgeCommand {
  async run(_: string[], { source, json = false }: TopicsOptions = {}): Promise<void> {
    const { kafka, specs } = prepare(this.terminal, source, events(this.terminal, true));
    const states = await readTopics(kafka, specs);
    const described = specs.map((spec) => describe(spec, states));
    if (described.some(({ mismatches }) => mismatches.some(({ fatal }) => fatal))) this.terminal.fail();
    this.terminal.print(json ? JSON.stringify({ topics: described }) : render(described));
  }
}

interface DescribedTopic {
  readonly topic: string;
  readonly partitions?: number;
  readonly replication?: number;
  readonly config?: Readonly<Record<string, string>>;
  readonly mismatches: ReturnType<typeof compareTopics>;
}

function describe(spec: TopicSpec, states: readonly TopicState[]): DescribedTopic {
  const state = states.find(({ topic }) => topic === spec.topic);
  const mismatches = compareTopics([spec], states);
  if (state === undefined) return { topic: spec.topic, mismatches };
  const config = Object.fromEntries(spec.config.map(({ name }) => [name, state.config.get(name) ?? '']));
  return { topic: spec.topic, partitions: state.partitions, replication: state.replication, config, mismatches };
}

function render(topics: readonly DescribedTopic[]): string {
  const rows = topics.map(({ topic, partitions, replication, config, mismatches }) => [
    topic,
    String(partitions ?? '-'),
    String(replication ?? '-'),
    config?.['cleanup.policy'] ?? '-',
    retentionOf(config),
    stateOf(mismatches),
  ]);
  const differences = topics.flatMap(({ mismatches }) => mismatches.map((mismatch) => `  ${describeMismatch(mismatch)}`));
  const listed = table([['TOPIC', 'PARTITIONS', 'REPLICAS', 'POLICY', 'RETENTION', 'STATE'], ...rows]);
  return differences.length === 0 ? listed : `${listed}\n\n${differences.join('\n')}`;
}

function stateOf(mismatches: DescribedTopic['mismatches']): string {
  if (mismatches.some(({ kind }) => kind === 'missing')) return 'missing';
  if (mismatches.some(({ fatal }) => fatal)) return 'refused';
  return mismatches.length === 0 ? 'ok' : 'differs';
}

/** For ever where the policy deletes nothing. */
function retentionOf(config: DescribedTopic['config']): string {
  const millis = Number(config?.['retention.ms'] ?? NaN);
  if (Number.isNaN(millis)) return '-';
  return millis < 0 ? 'for ever' : `${Math.round(millis / 8_640_000) / 10} d`;
}

@Command({
  name: 'topics',
  description: 'The Kafka topics of the sources',
  subCommands: [TopicsEnsureCommand, TopicsDescribeCommand, TopicsAclsCommand, TopicsAcceptCommand],
})
@Examples([
  'bridge topics describe',
  'bridge topics ensure',
  'bridge topics acls --principal User:forwarder --app forwarder',
  'bridge topics accept --partition 3 --dry-run',
])
export class TopicsCommand extends CommandGroup {}
