import { topicsOf, type SourceTopics } from './topic-names.ts';

/** What may be done, by the names of Kafka's authorizer. */
export type Operation = 'READ' | 'WRITE' | 'CREATE' | 'DESCRIBE' | 'DESCRIBE_CONFIGS' | 'ALTER_CONFIGS';

/** Something that an app may do in the cluster. */
export interface Right {
  readonly operation: Operation;
  readonly resource: 'topic' | 'group';
  readonly name: string;
}

export const RIGHTFUL_APPS = ['ingest', 'forwarder', 'console', 'cli'] as const;
export type RightfulApp = (typeof RIGHTFUL_APPS)[number];

/** Whose rights, for what: the settings of `#config` fit. */
export interface RightsOptions {
  readonly prefix: string;
  readonly groupId: string;
  readonly sourceIds: readonly string[];
}

type OperationsOn = Readonly<Record<keyof SourceTopics | 'group', readonly Operation[]>>;

/**
 * What each app needs, and nothing else (docs/adr/0019; `test/least-privilege.e2e.ts` runs them with these and takes each away). READ and WRITE have DESCRIBE in
 * them, as Kafka has it.
 */
const NEEDS: Readonly<Record<RightfulApp, OperationsOn>> = {
  // It reads nothing. All four topics are compared with what must be before anything is taken.
  ingest: {
    events: ['WRITE', 'DESCRIBE_CONFIGS'],
    deletions: ['WRITE', 'DESCRIBE_CONFIGS'],
    outcomes: ['DESCRIBE', 'DESCRIBE_CONFIGS'],
    replays: ['DESCRIBE', 'DESCRIBE_CONFIGS'],
    group: [],
  },
  forwarder: {
    events: ['READ', 'DESCRIBE_CONFIGS'],
    deletions: ['READ', 'WRITE', 'DESCRIBE_CONFIGS'],
    outcomes: ['READ', 'WRITE', 'DESCRIBE_CONFIGS'],
    replays: ['READ', 'WRITE', 'DESCRIBE_CONFIGS'],
    group: ['READ'],
  },
  // Without WRITE it shows and does not steer.
  console: { events: ['READ'], deletions: ['READ'], outcomes: ['READ'], replays: ['READ', 'WRITE'], group: ['DESCRIBE'] },
  // CREATE and ALTER_CONFIGS are for `topics ensure` alone, WRITE on deletions for `deletions --lift` and `topics accept`.
  cli: {
    events: ['READ', 'CREATE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
    deletions: ['READ', 'WRITE', 'CREATE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
    outcomes: ['READ', 'CREATE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
    replays: ['READ', 'WRITE', 'CREATE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
    group: ['DESCRIBE'],
  },
};

/** All rights that these apps need together, each of them once: those of a topic beside each other, the group's last. */
export function rightsOf(apps: readonly RightfulApp[], { prefix, groupId, sourceIds }: RightsOptions): Right[] {
  const topics = sourceIds.flatMap((id) =>
    (Object.entries(topicsOf(prefix, id)) as [keyof SourceTopics, string][]).flatMap(([kind, name]) =>
      needsOf(apps, kind).map((operation): Right => ({ operation, resource: 'topic', name })),
    ),
  );
  return [...topics, ...needsOf(apps, 'group').map((operation): Right => ({ operation, resource: 'group', name: groupId }))];
}

function needsOf(apps: readonly RightfulApp[], on: keyof OperationsOn): Operation[] {
  const needed = new Set(apps.flatMap((app) => NEEDS[app][on]));
  if (needed.has('READ') || needed.has('WRITE')) needed.delete('DESCRIBE');
  return [...needed];
}

/** As in `needs WRITE on topic segment.events.acme`. */
export function describeRight({ operation, resource, name }: Right): string {
  return `${operation} on ${resource} ${name}`;
}
