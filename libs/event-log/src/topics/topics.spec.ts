import { compareTopics, describeMismatch, TopicMismatchError, type TopicState } from './topic-mismatch.ts';
import { topicSpecs, type TopicSpec } from './topic-specs.ts';

const DAY = 86_400_000;
const options = { prefix: 'eu.', partitions: 12, replication: 3, eventsRetentionMs: 30 * DAY, dedupWindowMs: 40 * DAY };
const specs = topicSpecs(options, { id: 'acme', afterDeletion: 'accept' });

function stateOf(spec: TopicSpec, changes: Partial<TopicState> & { config?: ReadonlyMap<string, string> } = {}): TopicState {
  const { topic, partitions, replication } = spec;
  return { topic, partitions, replication, config: new Map(spec.config.map(({ name, value }) => [name, value])), ...changes };
}

function withConfig(spec: TopicSpec, name: string, value: string): TopicState {
  return stateOf(spec, { config: new Map([...stateOf(spec).config, [name, value]]) });
}

function specOf(name: string): TopicSpec {
  return specs.find(({ topic }) => topic.includes(name))!;
}

function configOf(name: string, entry: string): string | undefined {
  return specOf(name).config.find((config) => config.name === entry)?.value;
}

describe('the topics of a source', () => {
  it('are four, three of them with one partition count', () => {
    expect(specs.map(({ topic, partitions }) => [topic, partitions])).toEqual([
      ['eu.segment.events.acme', 12],
      ['eu.segment.deletions.acme', 12],
      ['eu.extole.outcomes.acme', 12],
      ['eu.extole.replays.acme', 1],
    ]);
  });

  it('P5: keep a deletion for longer than any event can live', () => {
    const eventLives = Number(configOf('events', 'retention.ms')) + Number(configOf('events', 'segment.ms'));
    const sweep = 10 * 60_000;
    expect(Number(configOf('deletions', 'retention.ms'))).toBeGreaterThan(eventLives + sweep);
    const short = topicSpecs(
      { ...options, eventsRetentionMs: 5 * 60_000, dedupWindowMs: 60_000 },
      { id: 'acme', afterDeletion: 'accept' },
    );
    const entry = (index: number, name: string): number =>
      Number(short[index]?.config.find((config) => config.name === name)?.value);
    expect(entry(1, 'retention.ms')).toBeGreaterThan(entry(0, 'retention.ms') + entry(0, 'segment.ms') + sweep);
  });

  it('P2: keep an outcome for as long as the event that it is about, and as repeats are known by it', () => {
    const kept = (eventsDays: number, windowDays: number): number => {
      const [, , outcomes] = topicSpecs(
        { ...options, eventsRetentionMs: eventsDays * DAY, dedupWindowMs: windowDays * DAY },
        { id: 'acme', afterDeletion: 'accept' },
      );
      return Number(outcomes?.config.find(({ name }) => name === 'retention.ms')?.value) / DAY;
    };
    expect([kept(7, 30), kept(30, 1), kept(30, 30)]).toEqual([30, 31, 31]);
  });

  it('P1: need two replicas in sync as soon as there are three', () => {
    expect(configOf('events', 'min.insync.replicas')).toBe('2');
    expect(topicSpecs({ ...options, replication: 1 }, { id: 'acme', afterDeletion: 'accept' })[0]?.config).toContainEqual({
      name: 'min.insync.replicas',
      value: '1',
      rule: 'at-least',
      promise: 'P1',
    });
  });
});

describe('comparing topics with their specs', () => {
  const differences = (state: TopicState): string[] =>
    compareTopics([specs.find(({ topic }) => topic === state.topic)!], [state]).map(
      (mismatch) => `${mismatch.fatal ? 'fatal' : 'note'}: ${describeMismatch(mismatch)}`,
    );

  it('finds nothing where they agree, however a policy is written', () => {
    expect(
      compareTopics(
        specs,
        specs.map((spec) => stateOf(spec)),
      ),
    ).toEqual([]);
    expect(differences(withConfig(specOf('deletions'), 'cleanup.policy', 'delete,compact'))).toEqual([]);
  });

  it('refuses deletions of which compaction could take one before the events that it deletes are gone (P5)', () => {
    expect(differences(withConfig(specOf('deletions'), 'min.compaction.lag.ms', '0'))).toHaveLength(1);
  });

  it('refuses what breaks a promise', () => {
    expect(differences(stateOf(specOf('outcomes'), { partitions: 6 }))).toEqual([
      'fatal: eu.extole.outcomes.acme has 6 partitions, expected 12',
    ]);
    expect(differences(withConfig(specOf('deletions'), 'cleanup.policy', 'delete'))).toHaveLength(1);
    expect(differences(withConfig(specOf('deletions'), 'retention.ms', '1000'))[0]).toMatch(/^fatal/);
    expect(differences(withConfig(specOf('events'), 'retention.ms', String(31 * DAY)))[0]).toMatch(/^fatal/);
    expect(differences(withConfig(specOf('events'), 'min.insync.replicas', '1'))[0]).toMatch(/^fatal/);
  });

  it('leaves to the operator what only costs or saves', () => {
    expect(differences(withConfig(specOf('deletions'), 'retention.ms', '-1'))).toEqual([]);
    expect(differences(withConfig(specOf('outcomes'), 'retention.ms', String(90 * DAY)))).toEqual([]);
    expect(differences(withConfig(specOf('events'), 'segment.bytes', '1000000'))[0]).toMatch(/^note/);
    expect(differences(stateOf(specOf('events'), { replication: 2 }))[0]).toMatch(/^note/);
  });

  it('says in the error what to do about each kind', () => {
    const message = new TopicMismatchError(
      compareTopics(specs, [
        stateOf(specOf('events'), { partitions: 6 }),
        withConfig(specOf('outcomes'), 'cleanup.policy', 'delete'),
      ]),
    ).message;
    expect(message).toContain('eu.segment.deletions.acme is missing');
    expect(message).toContain('npx bridge topics ensure\n');
    expect(message).toContain('npx bridge topics ensure --repair');
    expect(message).toContain('Set TOPIC_PARTITIONS to the count that they have');
  });
});
