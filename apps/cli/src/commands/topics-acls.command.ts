import { SubCommand } from 'nest-commander';
import { loadForwarderSettings } from '#config';
import { aclsOf, kafkaAclsLine, RIGHTFUL_APPS, rightsOf, type RightfulApp } from '#event-log';
import { BridgeCommand } from '../bridge-command.ts';
import { Examples } from '../declaration/examples.ts';
import { Options, type ReadOption } from '../declaration/options.ts';
import { chooseSources } from '../sources.ts';

interface AclsOptions {
  readonly principal?: string;
  readonly app?: readonly RightfulApp[];
  readonly source?: string;
  readonly json?: boolean;
}

const readApp: ReadOption = (text, misuse) => {
  if (text === 'all') return RIGHTFUL_APPS;
  const app = RIGHTFUL_APPS.find((known) => known === text);
  return app === undefined ? misuse(`'${text}' is no app: choose one of ${RIGHTFUL_APPS.join(', ')}, all`) : [app];
};

@SubCommand({ name: 'acls', description: 'Print the rights in Kafka that an app needs, as lines for kafka-acls; asks no broker' })
@Options(
  ['--principal <name>', 'who is to have them, as User:forwarder'],
  ['--app <app>', `${RIGHTFUL_APPS.join(', ')}, or all of them together (the default)`, readApp],
  ['--source <id>', 'only the topics of this source, such as one that was just added'],
  ['--json', 'print {"principal", "acls": [{"resource", "name", "operations"}]}'],
)
@Examples(
  [
    'bridge topics acls --principal User:bridge                       one principal for everything',
    'bridge topics acls --principal User:forwarder --app forwarder    one for each app',
  ],
  [
    'For the configured sources, TOPIC_PREFIX and FORWARDER_GROUP_ID. Of the CLI’s, CREATE and ALTER_CONFIGS are for topics ensure alone.',
  ],
)
export class TopicsAclsCommand extends BridgeCommand {
  run(words: string[], { principal, app = RIGHTFUL_APPS, source, json = false }: AclsOptions = {}): Promise<void> {
    this.refuseUnknown(words);
    if (principal === undefined) this.misuse('say who is to have the rights: --principal User:<name>');
    const who = principal.includes(':') ? principal : `User:${principal}`;
    const settings = loadForwarderSettings(this.terminal.env);
    const sourceIds = chooseSources(settings, source).map(({ id }) => id);
    const acls = aclsOf(rightsOf(app, { prefix: settings.topics.prefix, groupId: settings.groupId, sourceIds }));
    const lines = acls.map((acl) => kafkaAclsLine(acl, who, settings.kafka.brokers));
    this.terminal.print(json ? JSON.stringify({ principal: who, acls }) : lines.join('\n'));
    return Promise.resolve();
  }
}
