import { createHash } from 'node:crypto';
import type { ForwarderSettings } from '#config';
import { Membership } from '#delivery';
import { SESSION_TIMEOUT_MS } from '#event-log';
import { readClock } from '../clock.ts';
import type { SourceRuntime } from '../delivery/source-runtime.ts';
import type { LogTransport } from '../transport/log-transport.ts';
import { CheckpointStore } from './checkpoint-store.ts';
import { Checkpoints } from './checkpoints.ts';
import { Commits } from './commits.ts';
import type { MemberFile } from './member-file.ts';
import { PartitionOwnership } from './partition-ownership.ts';
import { PartitionRestorer, type PartitionRestorerOptions } from './partition-restorer.ts';

/** What ownership stands on. */
interface OwnershipParts extends Pick<
  PartitionRestorerOptions,
  'reader' | 'undecodable' | 'committedOffsets' | 'metrics' | 'log'
> {
  readonly runtimes: readonly SourceRuntime[];
  readonly transport: LogTransport;
  readonly member: MemberFile;
  /** Kafka's id of the cluster. */
  readonly cluster: string;
}

/** The ownership of partitions, put together. */
export function createOwnership(settings: ForwarderSettings, parts: OwnershipParts): PartitionOwnership {
  const checkpoints = new Checkpoints({
    ...parts,
    store: new CheckpointStore(settings.stateDir, parts.log),
    hashKeyDigest: createHash('sha256').update(settings.subjectHashKey).digest('hex').slice(0, 16),
  });
  return new PartitionOwnership({
    ...parts,
    membership: new Membership(parts.runtimes, SESSION_TIMEOUT_MS, readClock().monotonicMs),
    restorer: new PartitionRestorer({ ...parts, checkpoints }),
    commits: new Commits(parts.transport, parts.metrics, parts.log),
    checkpoints,
    drainTimeoutMs: settings.drainTimeoutMs,
  });
}
