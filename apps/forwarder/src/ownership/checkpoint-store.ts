import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '#observability';
import { errorFields } from '#observability';
import type { TopicPartition } from '#event-log';

/**
 * Checkpoint files, one per partition, under `STATE_DIR`. Written aside, synced and renamed, so that a crash leaves the old or the
 * new one. Whatever goes wrong here costs a longer restore, never correctness: it is logged, and delivery goes on.
 */
export class CheckpointStore {
  constructor(
    private readonly directory: string,
    private readonly log: Logger,
  ) {}

  /** The bytes of the partition's checkpoint; undefined if there is none that can be read. */
  async read(partition: TopicPartition): Promise<Buffer | undefined> {
    try {
      return await readFile(this.path(partition));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.failed('read', partition, error);
      return undefined;
    }
  }

  /** @returns whether it was written. */
  async write(partition: TopicPartition, bytes: Buffer): Promise<boolean> {
    const path = this.path(partition);
    const aside = `${path}.new`;
    try {
      await mkdir(this.directory, { recursive: true });
      const file = await open(aside, 'w');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(aside, path);
      return true;
    } catch (error) {
      this.failed('write', partition, error);
      return false;
    }
  }

  private path({ topic, partition }: TopicPartition): string {
    return join(this.directory, `${topic}-${partition}.checkpoint`);
  }

  private failed(operation: string, { topic, partition }: TopicPartition, error: unknown): void {
    this.log.warn('checkpoint_failed', { operation, topic, partition, ...errorFields(error) });
  }
}
