import { execFile } from 'node:child_process';
import { startStack, type TestStack } from './support/test-stack.ts';

const ROOT = new URL('..', import.meta.url).pathname;

interface DemoRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `npm run demo -- --json` prints. */
interface DemoReport {
  readonly passed: number;
  readonly failed: number;
  readonly cases: readonly {
    readonly title: string;
    readonly asDocumented: boolean;
    readonly faults: readonly string[];
    readonly steps: readonly { readonly outcome: { readonly outcome: string } }[];
  }[];
}

describe('npm run demo', () => {
  it('shows the documented examples, and the same picture when it is run again', async () => {
    const stack = await startStack({ env: { MAPPING_FILE: 'examples/mapping.yaml' } });

    const first = await demo(['--json'], settingsOf(stack));
    expect(first).toMatchObject({ exitCode: 0 });
    const report = JSON.parse(first.stdout) as DemoReport;
    expect(report).toMatchObject({ passed: 7, failed: 0 });
    expect(report.cases.map(({ steps }) => steps.map(({ outcome }) => outcome.outcome).join(' '))).toEqual([
      'delivered',
      'delivered',
      'delivered duplicate',
      'delivered duplicate',
      'delivered',
      'delivered delivered',
      'delivered delivered delivered',
    ]);

    const second = await demo([], settingsOf(stack));
    expect(second).toMatchObject({ exitCode: 0 });
    expect(second.stdout.trimEnd().split('\n').at(-1)).toBe('All 7 cases came out as documented.');
    expect(second.stdout).toContain("cart_value: '99.99'");
    // Colour is for terminals.
    expect(second.stdout).not.toContain('\u001b');
  }, 90_000);

  it('says which case did not come out as documented, and why', async () => {
    const stack = await startStack();

    const { exitCode, stdout } = await demo(['--json'], settingsOf(stack));

    expect(exitCode).toBe(1);
    const { cases, failed } = JSON.parse(stdout) as DemoReport;
    expect(failed).toBe(1);
    expect(cases.filter(({ asDocumented }) => !asDocumented)).toEqual([
      expect.objectContaining({
        title: expect.stringContaining('Re-mapped') as unknown,
        faults: [expect.stringContaining('MAPPING_FILE=examples/mapping.yaml')],
      }),
    ]);
  }, 90_000);

  it('never sends to a real Extole', async () => {
    const stack = await startStack({ forwarders: 0 });

    const { exitCode, stderr } = await demo([], { ...settingsOf(stack), EXTOLE_ACCESS_TOKEN: 'production-token' });

    expect(exitCode).toBe(1);
    expect(stderr).toContain('EXTOLE_ACCESS_TOKEN');
    expect(stderr).not.toContain('production-token');
    expect(await stack.readEvents()).toEqual([]);
  }, 90_000);
});

/** The stack as `npm start` would know it: by its ports and keys, without a token of Extole's. */
function settingsOf({ env, ingestUrl, extole }: TestStack): Record<string, string> {
  return {
    ...env,
    EXTOLE_ACCESS_TOKEN: '',
    EXTOLE_BASE_URL: '',
    INGEST_PORT: new URL(ingestUrl).port,
    EXTOLE_SIMULATOR_PORT: new URL(extole.url).port,
  };
}

function demo(args: readonly string[], env: Readonly<Record<string, string>>): Promise<DemoRun> {
  const { PATH = '', HOME = '' } = process.env;
  return new Promise((resolve) => {
    const options = { cwd: ROOT, env: { PATH, HOME, ...env }, timeout: 60_000 };
    const child = execFile(process.execPath, ['tools/stack/demo.mjs', ...args], options, (_, stdout, stderr) =>
      resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
