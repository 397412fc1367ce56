import { aclsOf, kafkaAclsLine } from './kafka-acls.ts';
import { RIGHTFUL_APPS, rightsOf, type RightfulApp } from './rights.ts';

const options = { prefix: 'eu.', groupId: 'extole-forwarder', sourceIds: ['acme'] };

function linesOf(...apps: RightfulApp[]): string[] {
  return aclsOf(rightsOf(apps, options)).map((acl) => kafkaAclsLine(acl, 'User:bridge', ['kafka-0:9093', 'kafka-1:9093']));
}

describe('the rights of an app', () => {
  it('are lines that kafka-acls takes, one for each topic and the group', () => {
    const to = 'kafka-acls --bootstrap-server kafka-0:9093,kafka-1:9093 --add --allow-principal User:bridge';
    expect(linesOf('console')).toEqual([
      `${to} --operation Read --topic eu.segment.events.acme`,
      `${to} --operation Read --topic eu.segment.deletions.acme`,
      `${to} --operation Read --topic eu.extole.outcomes.acme`,
      `${to} --operation Read --operation Write --topic eu.extole.replays.acme`,
      `${to} --operation Describe --group extole-forwarder`,
    ]);
  });

  it('let ingest read no topic, and nobody else write events', () => {
    expect(linesOf('ingest').join('\n')).not.toContain('Read');
    const writers = RIGHTFUL_APPS.filter((app) =>
      rightsOf([app], options).some(({ operation, name }) => operation === 'WRITE' && name === 'eu.segment.events.acme'),
    );
    expect(writers).toEqual(['ingest']);
  });

  it('of several apps together name each once, and none that another holds already', () => {
    const group = aclsOf(rightsOf(['forwarder', 'console', 'cli'], options)).find(({ resource }) => resource === 'group');
    expect(group?.operations).toEqual(['READ']);
    const all = linesOf(...RIGHTFUL_APPS).join('\n');
    expect(all).not.toMatch(/--operation Describe /);
    expect(all.match(/--topic eu\.segment\.events\.acme/g)).toHaveLength(1);
  });

  it('are for a principal of any name', () => {
    const [acl] = aclsOf(rightsOf(['console'], options));
    expect(kafkaAclsLine(acl!, "User:CN=bridge,O=Eve's", ['k:1'])).toContain(`--allow-principal 'User:CN=bridge,O=Eve'\\''s'`);
  });
});
