import { createRequire } from 'node:module';
import type { WithBrokers } from './silent-brokers.ts';

/** What is used here of kafkajs 2.2.4's Batch, which its types hide: what one fetch brought of a partition. */
export interface ConsumedBatch {
  readonly topic: string;
  readonly partition: number;
  /** What was asked for. */
  readonly fetchedOffset: string;
  /** The end of the log, what nobody has decided about yet included. */
  readonly highWatermark: string;
  /** All that was read. */
  readonly rawMessages: readonly unknown[];
  /** Whether something was read, and nothing of it is for consumers. */
  isEmptyDueToFiltering(): boolean;
  /** Of the records that were read, for consumers or not. */
  lastOffset(): string;
}

/** What is used here of kafkajs 2.2.4's ConsumerGroup, which its types hide: the membership, and the loop that fetches. */
export interface ConsumerGroup {
  readonly groupId: string;
  memberId: string | null;
  /** Null before the first join. */
  readonly generationId: number | null;
  /** When kafkajs last sent a heartbeat, on the wall clock. */
  lastRequest: number;
  /** How long the next fetch waits for records: milliseconds. */
  maxWaitTime: number;
  /** The broker that keeps the group. */
  coordinator: object | null;
  /** Null before the first join. It remembers the coordinator by itself. */
  readonly offsetManager: { coordinator: object | null } | null;
  readonly cluster: WithBrokers & {
    refreshMetadata(): Promise<void>;
    findGroupCoordinator(question: { readonly groupId: string }): Promise<object>;
  };
  pause(partitions: readonly { readonly topic: string; readonly partitions: readonly number[] }[]): void;
  /** What it owns. */
  assigned(): readonly { readonly topic: string; readonly partitions: readonly number[] }[];
  paused(): readonly { readonly topic: string; readonly partitions: readonly number[] }[];
  joinAndSync(): Promise<void>;
  leave(): Promise<void>;
  heartbeat(options: { interval: number }): Promise<void>;
  fetch(nodeId: string): Promise<readonly ConsumedBatch[]>;
}

type Method = 'joinAndSync' | 'leave' | 'heartbeat' | 'fetch';

/** Runs instead of the method, and calls it by `proceed`. */
export type Around = (group: ConsumerGroup, proceed: () => Promise<unknown>, args: readonly unknown[]) => Promise<unknown>;

const installed = new Set<Around>();

/** Puts `around` around a method of each consumer group of this process; once, however often it is asked for. What is put around last runs first. */
export function aroundGroup(method: Method, around: Around): void {
  if (installed.has(around)) return;
  installed.add(around);
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup.js') as { prototype: ConsumerGroup };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its instance below
  const original = prototype[method] as (...args: unknown[]) => Promise<unknown>;
  const replacement = async function (this: ConsumerGroup, ...args: unknown[]): Promise<unknown> {
    return around(this, () => original.apply(this, args), args);
  };
  Object.assign(prototype, { [method]: replacement });
}
