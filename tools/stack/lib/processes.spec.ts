import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { answers, freePort, isPortFree } from './ports.mjs';
import { isSameProcess, processStart } from './process-identity.mjs';
import { waitFor } from './wait-for.mjs';

const children: ChildProcess[] = [];

function start(...args: string[]): ChildProcess & { readonly pid: number } {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  return child as ChildProcess & { readonly pid: number };
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe('the identity of a process', () => {
  it('holds while the process runs, and not for another one that got the same id later', async () => {
    const child = start('-e', 'setInterval(() => {}, 1000)');
    const identity = { pid: child.pid, start: processStart(child.pid) };

    expect(isSameProcess(identity)).toBe(true);
    expect(isSameProcess({ ...identity, start: 'another time' })).toBe(false);

    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isSameProcess(identity)).toBe(false);
  });

  it('is never that of a process that was not there to begin with', () => {
    expect(isSameProcess({ pid: 2 ** 30, start: undefined })).toBe(false);
  });
});

describe('the orphan guard', () => {
  it('ends what it guards when its parent is killed without a chance to clean up', async () => {
    const guard = JSON.stringify(join(import.meta.dirname, 'orphan-guard.mjs'));
    const parent = start(
      '--input-type=module',
      '-e',
      `import { spawn } from 'node:child_process';
       import { guardOrphan } from ${guard};
       const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
       guardOrphan(child.pid);
       console.log(child.pid);
       setInterval(() => {}, 1000);`,
    );
    const [printed] = (await once(parent.stdout!, 'data')) as [Buffer];
    const pid = Number(printed.toString());
    const orphan = { pid, start: processStart(pid) };
    expect(isSameProcess(orphan)).toBe(true);

    parent.kill('SIGKILL');

    await waitFor(() => !isSameProcess(orphan), { timeoutMs: 5_000, describe: 'the orphan to end' });
  });
});

describe('a port', () => {
  it('is free until somebody listens on it, on whatever address', async () => {
    const port = await freePort();
    expect(await isPortFree(port)).toBe(true);
    expect(await answers('127.0.0.1', port)).toBe(false);

    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    expect(await isPortFree(port)).toBe(false);
    expect(await answers('127.0.0.1', port)).toBe(true);
    server.close();
  });
});

describe('a wait', () => {
  it('ends with what the condition returned, once that is something', async () => {
    let asked = 0;
    expect(await waitFor(() => (++asked === 3 ? 'there' : undefined), { intervalMs: 1 })).toBe('there');
  });

  it('says what was waited for in vain, and why it was not so', async () => {
    const condition = (): boolean => {
      throw new Error('refused');
    };
    await expect(waitFor(condition, { timeoutMs: 5, intervalMs: 1, describe: 'the door to open' })).rejects.toThrow(
      /the door to open.*refused/,
    );
  });

  it('ends early when what it waits on can no longer come', async () => {
    const died = Promise.reject(new Error('the app died'));
    await expect(waitFor(() => false, { intervalMs: 1, until: died })).rejects.toThrow('the app died');
    await expect(waitFor(() => false, { intervalMs: 1, signal: AbortSignal.abort(new Error('interrupted')) })).rejects.toThrow(
      'interrupted',
    );
  });
});
