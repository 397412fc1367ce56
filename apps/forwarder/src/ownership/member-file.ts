import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MemberFacts, TopicPartition } from '#event-log';
import { errorFields, type Logger } from '#observability';

/**
 * Who this process is in the consumer group, kept under `STATE_DIR`: a restart comes back with the same name and is given its
 * partitions again, beside their checkpoints. Without the file it is a new member, and only time is lost.
 */
export class MemberFile {
  private readonly path: string;
  private current: MemberFacts;

  constructor(
    private readonly directory: string,
    private readonly log: Logger,
  ) {
    this.path = join(directory, 'member.json');
    this.current = this.read() ?? { name: randomUUID(), owned: [] };
  }

  get facts(): MemberFacts {
    return this.current;
  }

  remember(owned: readonly TopicPartition[]): void {
    this.current = { name: this.current.name, owned };
    try {
      mkdirSync(this.directory, { recursive: true });
      writeFileSync(`${this.path}.new`, JSON.stringify(this.current));
      renameSync(`${this.path}.new`, this.path);
    } catch (error) {
      this.log.warn('member_file_failed', { operation: 'write', ...errorFields(error) });
    }
  }

  private read(): MemberFacts | undefined {
    try {
      const facts = JSON.parse(readFileSync(this.path, 'utf8')) as Partial<MemberFacts>;
      return typeof facts.name === 'string' && Array.isArray(facts.owned) ? { name: facts.name, owned: facts.owned } : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.log.warn('member_file_failed', { operation: 'read', ...errorFields(error) });
      return undefined;
    }
  }
}
