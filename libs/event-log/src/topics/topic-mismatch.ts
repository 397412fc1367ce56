import type { Promised, TopicConfig, TopicSpec } from './topic-specs.ts';

/** A topic as the cluster describes it. */
export interface TopicState {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number;
  readonly config: ReadonlyMap<string, string>;
}

/** A difference between a topic and its spec. `fatal` ones are a refusal to start; the others are worth a line in the log. */
export type TopicMismatch =
  | { readonly kind: 'missing'; readonly topic: string; readonly fatal: true }
  | {
      readonly kind: 'partitions';
      readonly topic: string;
      readonly fatal: true;
      readonly expected: number;
      readonly found: number;
    }
  | {
      readonly kind: 'replication';
      readonly topic: string;
      readonly fatal: false;
      readonly expected: number;
      readonly found: number;
    }
  | {
      readonly kind: 'config';
      readonly topic: string;
      readonly fatal: boolean;
      readonly name: string;
      readonly expected: string;
      /** Absent where the cluster does not tell. */
      readonly found: string | undefined;
      /** The promise that rests on it; a preference if absent. */
      readonly promise?: Promised;
    };

/** Compares topics with their specs. Pure: the states come from the cluster, in any order; one that is absent is missing. */
export function compareTopics(specs: readonly TopicSpec[], states: readonly TopicState[]): TopicMismatch[] {
  const found = new Map(states.map((state) => [state.topic, state]));
  return specs.flatMap((spec) => {
    const state = found.get(spec.topic);
    return state === undefined ? [{ kind: 'missing', topic: spec.topic, fatal: true } as const] : compareTopic(spec, state);
  });
}

function compareTopic(spec: TopicSpec, state: TopicState): TopicMismatch[] {
  const { topic } = spec;
  const mismatches: TopicMismatch[] = [];
  if (state.partitions !== spec.partitions) {
    mismatches.push({ kind: 'partitions', topic, fatal: true, expected: spec.partitions, found: state.partitions });
  }
  if (state.replication < spec.replication) {
    mismatches.push({ kind: 'replication', topic, fatal: false, expected: spec.replication, found: state.replication });
  }
  for (const entry of spec.config) {
    const value = state.config.get(entry.name);
    if (value !== undefined && agrees(entry, value)) continue;
    // What a cluster keeps to itself nobody can mend here: it is told at each start.
    const fatal = entry.promise !== undefined && value !== undefined;
    const { name, value: expected, promise } = entry;
    mismatches.push({ kind: 'config', topic, fatal, name, expected, found: value, ...(promise !== undefined && { promise }) });
  }
  return mismatches;
}

function agrees({ name, value, rule }: TopicConfig, found: string): boolean {
  if (name === 'cleanup.policy') return policySet(found) === policySet(value);
  if (rule === 'exact') return found === value;
  // Kafka writes "no limit" as -1.
  return Number(found) === -1 || Number(found) >= Number(value);
}

/** `delete,compact` and `compact,delete` are one policy. */
function policySet(policy: string): string {
  return policy
    .split(',')
    .map((part) => part.trim())
    .sort()
    .join(',');
}

/** One line for a human: what differs. */
export function describeMismatch(mismatch: TopicMismatch): string {
  switch (mismatch.kind) {
    case 'missing':
      return `${mismatch.topic} is missing`;
    case 'partitions':
      return `${mismatch.topic} has ${mismatch.found} partitions, expected ${mismatch.expected}`;
    case 'replication':
      return `${mismatch.topic} has ${mismatch.found} replicas, expected ${mismatch.expected}`;
    case 'config':
      return `${mismatch.topic} ${foundOf(mismatch)}, expected ${mismatch.expected} (${weightOf(mismatch)})`;
  }
}

function foundOf({ name, found }: Extract<TopicMismatch, { kind: 'config' }>): string {
  return found === undefined ? `does not tell its ${name}` : `has ${name}=${found}`;
}

/** What a setting weighs, for a human. */
export function weightOf({ promise }: Pick<TopicConfig, 'promise'>): string {
  return promise === undefined ? 'a preference' : `${promise} rests on it`;
}

/** The topics are not as the promises need them. The message lists each difference and says how to mend it. */
export class TopicMismatchError extends Error {
  override readonly name = 'TopicMismatchError';
  readonly code = 'topic_mismatch';

  constructor(readonly mismatches: readonly TopicMismatch[]) {
    super(
      [
        'The Kafka topics are not as they must be:',
        ...mismatches.map((mismatch) => `  ${describeMismatch(mismatch)}`),
        ...remedies(mismatches),
      ].join('\n'),
    );
  }
}

function remedies(mismatches: readonly TopicMismatch[]): string[] {
  const kinds = new Set(mismatches.map(({ kind }) => kind));
  return [
    ...(kinds.has('missing') ? ['To create missing topics: npx bridge topics ensure'] : []),
    ...(kinds.has('config')
      ? [
          'To set the expected configuration: npx bridge topics ensure --repair. What the cluster refuses to set, whoever runs it has to set',
        ]
      : []),
    ...(kinds.has('replication')
      ? ['To add replicas: kafka-reassign-partitions (of Kafka), or set TOPIC_REPLICATION to what there is']
      : []),
    ...(kinds.has('partitions')
      ? [
          'A partition count cannot be changed: it decides which partition holds a user, and the topics for events, deletions and outcomes of a',
          'source need the same one. Set TOPIC_PARTITIONS to the count that they have; or start a new set of topics under another TOPIC_PREFIX or',
          'source id once the old one is delivered; or, if what they hold may be lost, delete the topics and run: npx bridge topics ensure',
        ]
      : []),
  ];
}
