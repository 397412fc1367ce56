import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { topicsOf } from '#event-log';
import { kafkaJars } from '../tools/local-kafka/local-kafka.mjs';
import { jsonOf, runBridge, type BridgeRun } from './support/run-bridge.ts';
import { tempFolder } from './support/temp-folder.ts';
import { startOwnBroker, withAdmin, type OwnBroker } from './support/test-kafka.ts';

/** A class of the broker's own, compiled against its jars; returns the folder that goes on its class path. */
async function compiledForTheBroker(source: string): Promise<string> {
  const folder = tempFolder('broker-class');
  const { JAVA_HOME } = process.env;
  const javac = JAVA_HOME === undefined ? 'javac' : join(JAVA_HOME, 'bin', 'javac');
  execFileSync(javac, [
    '-cp',
    join(await kafkaJars(() => undefined), '*'),
    '-d',
    folder,
    join(import.meta.dirname, 'support', 'java', source),
  ]);
  return folder;
}

describe('a cluster that forbids settings, as managed ones do', () => {
  let broker: OwnBroker;

  beforeAll(async () => {
    broker = await startOwnBroker({
      classPath: [await compiledForTheBroker('RefusingPolicy.java')],
      settings: { 'create.topic.policy.class.name': 'RefusingPolicy', 'alter.config.policy.class.name': 'RefusingPolicy' },
    });
  }, 120_000);

  function topics(prefix: string, ...words: readonly string[]): Promise<BridgeRun> {
    const env = {
      KAFKA_BROKERS: broker.brokers,
      TOPIC_PREFIX: prefix,
      TOPIC_PARTITIONS: '2',
      TOPIC_REPLICATION: '1',
      EXTOLE_ACCESS_TOKEN: 'never-sent',
      SUBJECT_HASH_KEY: 'managed-settings-tests',
    };
    return runBridge({ env }, 'topics', ...words);
  }

  it('gets all four topics, with all else, and says what it did not take, why, and what that weighs', async () => {
    const { replays, events } = topicsOf('lenient.', 'default');
    const ensured = await topics('lenient.', 'ensure');
    expect(ensured).toMatchObject({ code: 0, stdout: 'all 4 topics are as they must be\n' });
    const told = ensured.stderr.split('\n').filter((line) => line.startsWith('the cluster does not take'));
    expect(
      told.filter((line) => line.includes(`${events} unclean.leader.election.enable (P1 rests on it): unclean.leader`)),
    ).toHaveLength(1);
    expect(told.filter((line) => line.includes(`${replays} segment.bytes (a preference): segment.bytes must be`))).toHaveLength(
      1,
    );
    // One for each topic, and the replays' small segments.
    expect(told).toHaveLength(5);

    const described = jsonOf(await topics('lenient.', 'describe', '--json'))['topics'] as {
      topic: string;
      config: Record<string, string>;
      mismatches: object[];
    }[];
    expect(described.flatMap(({ mismatches }) => mismatches)).toMatchObject([
      { topic: replays, name: 'segment.bytes', fatal: false },
    ]);
    expect(described[0]?.config).toMatchObject({
      'segment.bytes': String(256 * 1024 ** 2),
      'unclean.leader.election.enable': 'false',
    });
    expect(await topics('lenient.', 'ensure')).toMatchObject({ code: 0 });
  }, 60_000);

  it('keeps what a promise rests on from being passed over: where the cluster has another value, that is a refusal', async () => {
    const { code, stderr } = await topics('strict.', 'ensure');
    expect(code).toBe(1);
    expect(stderr).toContain('message.timestamp.type (P1 rests on it): message.timestamp.type may not be set here');
    expect(stderr).toContain('has message.timestamp.type=CreateTime, expected LogAppendTime (P1 rests on it)');
    expect(stderr).toContain('whoever runs it has to set');
    const there = await withAdmin((admin) => admin.listTopics(), broker.brokers);
    expect(there).toEqual(expect.arrayContaining(Object.values(topicsOf('strict.', 'default'))));
  }, 60_000);

  it('mends what it may mend, though another setting is refused', async () => {
    const { events } = topicsOf('lenient.', 'default');
    await withAdmin(async (admin) => {
      const configEntries = [{ name: 'retention.ms', value: '1000' }];
      await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: events, configEntries }] });
    }, broker.brokers);
    expect(await topics('lenient.', 'ensure')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('retention.ms=1000') as string,
    });
    const repaired = await topics('lenient.', 'ensure', '--repair');
    expect(repaired).toMatchObject({ code: 0, stderr: expect.stringContaining(`repaired ${events}`) as string });
    expect(repaired.stderr).toContain('segment.bytes (a preference): segment.bytes must be');
  }, 60_000);
});
