import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jsonOf, runBridge, type BridgeRun } from './support/run-bridge.ts';
import { untilSettled } from './support/settled.ts';
import { tempFolder } from './support/temp-folder.ts';
import { startStack, type TestStack } from './support/test-stack.ts';

interface KnownCommand {
  readonly path: string;
  readonly options: readonly { readonly name: string; readonly description: string }[];
  readonly subcommands: readonly string[];
}

describe('the operators’ CLI', () => {
  let stack: TestStack;
  let commands: readonly KnownCommand[];
  const ran = new Set<string>();

  beforeAll(async () => {
    stack = await startStack({ partitions: 2 });
    commands = (await json('completion bash'))['commands'] as KnownCommand[];
  }, 60_000);

  function bridge(path: string, ...args: readonly string[]): Promise<BridgeRun> {
    ran.add(path.replace(/ bash$/, ''));
    return runBridge(stack, ...path.split(' '), ...args);
  }

  async function json(path: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
    return jsonOf(await bridge(path, ...args, '--json'));
  }

  it('explains every command with examples, and has --json for each that does something', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['test/support/all-help.mjs']);
    const help = JSON.parse(stdout) as Record<string, string>;
    expect(Object.keys(help).sort()).toEqual(commands.map(({ path }) => path).sort());
    for (const [path, text] of Object.entries(help)) expect(text).toMatch(new RegExp(`Examples:[^]*bridge ${path}`));
    for (const { path, options, subcommands } of commands) {
      if (subcommands.length === 0)
        expect([path, options.map(({ name }) => name)]).toEqual([path, expect.arrayContaining(['--json'])]);
      expect(options.filter(({ description }) => description === '')).toEqual([]);
    }
    expect((await bridge('verify', '--help')).code).toBe(0);
    expect((await bridge('verify', '--no-such-option')).code).toBe(2);
  }, 60_000);

  it('shows whom a made-up event became and what it matched, and says clearly when a 2xx has matched nothing', async () => {
    const [matched, unmatched, first, refused] = await Promise.all([
      bridge('verify', '--event', 'conversion', '--user', 'test-1', '--json'),
      bridge('verify', '--event', 'Unheard Of'),
      bridge('verify'),
      runBridge({ env: { ...stack.env, EXTOLE_ACCESS_TOKEN: 'a-wrong-token' } }, 'verify'),
    ]);
    const [person] = await stack.extole.profilesOf('test-1');
    expect(jsonOf(matched)).toMatchObject({
      kind: 'matched',
      event: 'conversion',
      userId: 'test-1',
      personId: person?.personId,
      steps: [{ name: 'conversion' }],
    });
    expect(person?.parameters).toMatchObject({ bridge_verification: { value: true } });
    expect(unmatched.stdout).toContain('no programme has taken note of it');
    expect(refused.stdout).toMatch(/401 invalid_access_token[^]*Check EXTOLE_ACCESS_TOKEN/);
    expect(refused.stdout).not.toContain('a-wrong-token');
    expect([matched, unmatched, first, refused].map(({ code }) => code)).toEqual([0, 3, 0, 1]);
  }, 60_000);

  it('alarms by its exit code when a deletion is open for too long', async () => {
    await stack.extole.behaviour({ erasureStatus: 'FAILED' });
    await stack.segment.deleteUser('waiting');
    const [young, overdue, wrong] = await Promise.all([
      bridge('deletions', '--open', '--older-than', '1h'),
      bridge('deletions', '--open', '--older-than', '0s', '--json'),
      bridge('deletions', '--older-than', '1h'),
    ]);
    expect(jsonOf(overdue)).toMatchObject({ deletions: [{ status: 'accepted' }] });
    expect([young, overdue, wrong].map(({ code }) => code)).toEqual([0, 3, 2]);
    await stack.extole.behaviour({ erasureStatus: 'COMPLETED' });
    await untilSettled(stack);
    expect((await bridge('deletions', '--open', '--older-than', '0s')).code).toBe(0);
  }, 60_000);

  it('answers in JSON, whatever it is asked', async () => {
    const file = join(tempFolder('message'), 'event.json');
    writeFileSync(file, JSON.stringify({ type: 'track', event: 'Order Completed', userId: 'u1' }));
    await stack.segment.track('u1', 'Order Completed');
    await untilSettled(stack);
    const { run } = (await json('replay', '--all', '--detach')) as { run: string };
    const answers = await Promise.all([
      json('explain', file),
      json('config check'),
      json('topics ensure'),
      json('topics describe'),
      json('outcomes', '--user', 'u1'),
      json('dead-letters list'),
      json('replay list'),
      json('sources'),
    ]);
    const [explained, checked, , described, outcomes, , replays, sources] = answers;
    expect(explained).toMatchObject({ kind: 'request', event: 'Order Completed' });
    expect(checked).toEqual({ valid: true, faults: [] });
    expect((described?.['topics'] as { mismatches: unknown[] }[]).flatMap(({ mismatches }) => mismatches)).toEqual([]);
    expect(outcomes).toMatchObject({ outcomes: [{ outcome: 'delivered', event: 'Order Completed' }] });
    expect(replays).toMatchObject({ replays: [{ run }] });
    expect(sources).toMatchObject({ sources: [{ source: 'default', kind: 'delivering', unowned: [] }] });

    await Promise.all([json('replay status', run), json('dead-letters redrive', '--dry-run'), json('sources probe')]);
  }, 60_000);
});
