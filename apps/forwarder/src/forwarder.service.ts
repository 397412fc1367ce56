import type { OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from '#observability';
import { DeletionsFollower } from './ownership/deletions-follower.ts';
import type { PartitionOwnership } from './ownership/partition-ownership.ts';
import type { ReplayCoordinator } from './replay/replay-coordinator.ts';

const COMMIT_EVERY_MS = 1_000;
const CHECKPOINT_EVERY_MS = 60_000;

/** What goes on beside the records: commits, checkpoints, and the order in which things end. */
export class ForwarderService implements OnApplicationBootstrap {
  private readonly timers: NodeJS.Timeout[] = [];
  private committing: Promise<void> | undefined;

  constructor(
    private readonly ownership: PartitionOwnership,
    private readonly follower: DeletionsFollower,
    private readonly replays: readonly ReplayCoordinator[],
    private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.follower.start();
    this.replays.forEach((replays) => replays.start());
    this.timers.push(setInterval(() => this.commit(), COMMIT_EVERY_MS));
    this.timers.push(setInterval(() => void this.ownership.checkpoint(), CHECKPOINT_EVERY_MS));
  }

  /**
   * Before the transport closes: drain, commit and checkpoint while the partitions are still ours.
   *
   * @returns whether all that was in flight has ended and is written; what has not is done again by whoever comes next (P4)
   */
  async stop(): Promise<boolean> {
    this.timers.forEach(clearInterval);
    await this.committing;
    await Promise.all(this.replays.map((replays) => replays.stop()));
    const isDrained = await this.ownership.shutDown();
    await this.follower.stop();
    if (isDrained) this.log.info('drained');
    return isDrained;
  }

  private commit(): void {
    this.committing ??= this.ownership.commit().finally(() => (this.committing = undefined));
  }
}
