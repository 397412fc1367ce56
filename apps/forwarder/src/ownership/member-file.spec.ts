import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '#observability';
import { MemberFile, StateDirInUseError } from './member-file.ts';

const OWNED = [
  { topic: 'segment.events.default', partition: 0 },
  { topic: 'segment.events.default', partition: 5 },
];

describe('MemberFile', () => {
  let root: string;
  let directory: string;
  let lines: string[];
  const children: ChildProcess[] = [];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'member-'));
    directory = join(root, 'state');
    lines = [];
  });

  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    rmSync(root, { recursive: true, force: true });
  });

  function open(): MemberFile {
    return new MemberFile(
      directory,
      createLogger({ app: 'test', level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    );
  }

  /** What a former run of another process has left. */
  function left(contents: object): void {
    open();
    writeFileSync(join(directory, 'member.json'), JSON.stringify(contents));
  }

  async function startProcess(...args: string[]): Promise<number> {
    const child = spawn(process.execPath, ['-e', 'console.log("up"); setInterval(() => {}, 1000)', ...args]);
    children.push(child);
    await once(child.stdout, 'data');
    return child.pid ?? 0;
  }

  it('makes up a name at the first start, another one in every directory', () => {
    const { name } = open().facts;
    directory = join(root, 'other');
    expect(open().facts.name).not.toBe(name);
    expect(name).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('comes back after a restart with its name, its partitions and the id of its former run', () => {
    const first = open();
    first.remember(OWNED, 'kafka-member-1');
    const second = open();
    expect(second.facts).toEqual({ name: first.facts.name, owned: OWNED });
    expect(second.formerMemberId).toBe('kafka-member-1');
  });

  it('forgets the former run once it has started: it must not be taken out of the group twice', () => {
    open().remember(OWNED, 'kafka-member-1');
    open();
    expect(open().formerMemberId).toBeUndefined();
  });

  it('says at once what it was assigned', () => {
    const file = open();
    file.remember(OWNED.slice(0, 1), 'kafka-member-1');
    expect(file.facts.owned).toEqual(OWNED.slice(0, 1));
  });

  it.each(['', '{"name":"a"', '[]', '{"name":7,"owned":[]}', '{"name":"a","owned":"all"}'])(
    'is a new member when the file is torn or foreign: %s',
    (contents) => {
      open();
      writeFileSync(join(directory, 'member.json'), contents);
      const { facts, formerMemberId } = open();
      expect(facts.owned).toEqual([]);
      expect(facts.name).toMatch(/^[0-9a-f-]{36}$/);
      expect(formerMemberId).toBeUndefined();
    },
  );

  it('goes on without a file, and says so, when the directory cannot be made', () => {
    writeFileSync(directory, 'a file where the directory should be');
    const file = open();
    file.remember(OWNED, 'kafka-member-1');
    expect(file.facts.owned).toEqual(OWNED);
    expect(lines.join('')).toContain('member_file_failed');
  });

  it('refuses a directory that a living forwarder uses', async () => {
    const pid = await startProcess(process.argv[1] ?? '');
    left({ name: 'a', owned: [], pid, host: hostname() });
    expect(open).toThrow(StateDirInUseError);
    expect(open).toThrow(`process id ${pid}`);
  });

  it('takes the directory of one that was killed', async () => {
    const pid = await startProcess(process.argv[1] ?? '');
    left({ name: 'a', owned: OWNED, memberId: 'm1', pid, host: hostname() });
    const [child] = children;
    child?.kill('SIGKILL');
    if (child !== undefined) await once(child, 'exit');
    expect(open()).toMatchObject({ facts: { name: 'a', owned: OWNED }, formerMemberId: 'm1' });
  });

  it('takes it when the process id has gone to another program since', async () => {
    left({ name: 'a', owned: [], pid: await startProcess(), host: hostname() });
    expect(open().facts.name).toBe('a');
  });

  it('takes it in a new container, where process ids begin anew', async () => {
    left({ name: 'a', owned: [], pid: await startProcess(process.argv[1] ?? ''), host: 'another-host' });
    expect(open().facts.name).toBe('a');
    left({ name: 'b', owned: [], pid: process.pid, host: hostname() });
    expect(open().facts.name).toBe('b');
  });

  it('leaves a member of another host to Kafka: it may be alive, and calling', () => {
    left({ name: 'a', owned: OWNED, memberId: 'm1', pid: 1, host: 'another-host' });
    expect(open()).toMatchObject({ facts: { name: 'a', owned: OWNED }, formerMemberId: undefined });
  });

  it('writes who it is for the next start', () => {
    open().remember(OWNED, 'kafka-member-1');
    expect(JSON.parse(readFileSync(join(directory, 'member.json'), 'utf8'))).toMatchObject({
      owned: OWNED,
      memberId: 'kafka-member-1',
      pid: process.pid,
      host: hostname(),
    });
  });
});
