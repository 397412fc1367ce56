import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { MemberFacts, TopicPartition } from '#event-log';
import { errorFields, type Logger } from '#observability';

/** Two forwarders on one `STATE_DIR` would take each other's name and overwrite each other's checkpoints. */
export class StateDirInUseError extends Error {
  override readonly name = 'StateDirInUseError';
  readonly code = 'state_dir_in_use';

  constructor(pid: number) {
    super(`STATE_DIR is in use by the forwarder with process id ${pid}: give each forwarder a STATE_DIR of its own`);
  }
}

interface Contents {
  readonly name: string;
  readonly owned: readonly TopicPartition[];
  /** Kafka's id of the run that wrote this. */
  readonly memberId?: string;
  readonly pid: number;
  readonly host: string;
}

/**
 * Who this process is in the consumer group, kept under `STATE_DIR`: a restart comes back with the same name, is given its
 * partitions again, beside their checkpoints, and can take its killed predecessor out of the group. Without the file it is a new
 * member, and only time is lost.
 */
export class MemberFile {
  private readonly path: string;
  private current: MemberFacts;
  /**
   * The member that a killed run of this forwarder has left behind in the group. Undefined if that was on another host, where nobody here can see whether it still runs: one that is taken
   * out while it calls has a successor at once, and two call for the same users (P3). Kafka waits for its session then.
   */
  readonly formerMemberId: string | undefined;

  /** @throws StateDirInUseError if another living process has it. */
  constructor(
    private readonly directory: string,
    private readonly log: Logger,
  ) {
    this.path = join(directory, 'member.json');
    const former = this.read();
    if (former !== undefined && isAlive(former)) throw new StateDirInUseError(former.pid);
    this.current = { name: former?.name ?? randomUUID(), owned: former?.owned ?? [] };
    this.formerMemberId = former?.host === hostname() ? former.memberId : undefined;
    this.write(undefined);
  }

  get facts(): MemberFacts {
    return this.current;
  }

  remember(owned: readonly TopicPartition[], memberId: string): void {
    this.current = { name: this.current.name, owned };
    this.write(memberId);
  }

  private write(memberId: string | undefined): void {
    const contents: Contents = {
      ...this.current,
      pid: process.pid,
      host: hostname(),
      ...(memberId !== undefined && { memberId }),
    };
    try {
      mkdirSync(this.directory, { recursive: true });
      writeFileSync(`${this.path}.new`, JSON.stringify(contents));
      renameSync(`${this.path}.new`, this.path);
    } catch (error) {
      this.log.warn('member_file_failed', { operation: 'write', ...errorFields(error) });
    }
  }

  private read(): Contents | undefined {
    try {
      const contents = JSON.parse(readFileSync(this.path, 'utf8')) as Partial<Contents>;
      const { name, owned, memberId, pid = 0, host = '' } = contents;
      if (typeof name !== 'string' || !Array.isArray(owned)) return undefined;
      return { name, owned, pid, host, ...(memberId !== undefined && { memberId }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.log.warn('member_file_failed', { operation: 'read', ...errorFields(error) });
      }
      return undefined;
    }
  }
}

/** Whether the writer still runs. In a new container every process may have the old one's id, our own included: that one is gone. */
function isAlive({ pid, host }: Contents): boolean {
  if (pid <= 0 || pid === process.pid || host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return runsThisProgram(pid);
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Process ids are used again, by other programs too. Where the system can't tell, it is taken for ours. */
function runsThisProgram(pid: number): boolean {
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes(process.argv[1] ?? '');
}
