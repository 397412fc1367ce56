import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { imageNodeVersion } from '../tools/stack/lib/lts-node.mjs';
import { runCommand } from './sdk/run-command.ts';
import { AppProcess } from './support/app-process.ts';
import { ContainerImage } from './support/container-image.ts';
import { untilSettled } from './support/settled.ts';
import { startStack, type TestStack } from './support/test-stack.ts';
import { freePort } from './support/wait-for.ts';

const ROOT = join(import.meta.dirname, '..');
/** Set by `npm run check:image`, which builds it: minutes, and a container engine, that `npm test` need not have. */
const { CHECKED_IMAGE: name, CHECKED_IMAGE_ENGINE: engine } = process.env;
const MAX_BYTES_OF_OURS = 100_000_000;

(name !== undefined && engine !== undefined ? describe : describe.skip)('the image, built (npm run check:image)', () => {
  let image: ContainerImage;
  let stack: TestStack;
  let leftInTmp: readonly string[];

  beforeAll(async () => {
    image = new ContainerImage(engine ?? '', name ?? '');
    await image.unpack();
    // Before an app has run in these files.
    leftInTmp = readdirSync(join(image.files, 'tmp'));
    stack = await startStack({ launch: image.launch });
  }, 4 * 60_000);

  const filesBelow = (folder: string): string[] =>
    readdirSync(join(image.files, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(image.files.length + 1));
  const run = (...args: readonly string[]): Promise<string> => {
    const [command, ...rest] = image.launch(args, {});
    return runCommand(command, rest);
  };

  it('takes an event to Extole and a deletion after it, and every app ends with 0 when told to', async () => {
    await stack.segment.track('packed', 'Login Button Clicked', {}, { messageId: 'packed' });
    await stack.segment.deleteUser('packed');
    await untilSettled(stack);
    expect((await stack.extole.applied({ partnerEventId: 'packed' })).length).toBe(1);
    expect((await stack.extole.applied({ path: '/v4/erasures' })).length).toBe(1);

    // The health check's own question, of this ingest's port.
    const [kind, ...check] = image.config.Healthcheck?.Test ?? [];
    expect(kind).toBe('CMD');
    const [node, script = '', url = ''] = check;
    expect(node).toBe('node');
    const asked = new URL(url);
    asked.port = new URL(stack.ingest.adminUrl).port;
    await expect(run(script, asked.href)).resolves.toBe('');
    for (const app of [...stack.forwarders, stack.ingest]) expect(await app.terminate()).toEqual({ code: 0, signal: null });
    await expect(run(script, asked.href)).rejects.toThrow('failed: 1');
  }, 120_000);

  it('serves the console, which ends with 0 as well', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = { ...stack.env, CONSOLE_PORT: String(port) };
    const console = await new AppProcess('console', { env, launch: image.launch, readyUrl: `${url}/health/ready` }).ready();
    const page = await fetch(url);
    expect({ status: page.status, type: page.headers.get('content-type') }).toEqual({
      status: 200,
      type: expect.stringContaining('html') as string,
    });
    expect(await console.terminate()).toEqual({ code: 0, signal: null });
  }, 120_000);

  it('answers to the command line', async () => {
    expect(await run('bin/bridge.mjs', '--help')).toContain('Usage: bridge');
  }, 60_000);

  it('runs on the Node that its Dockerfile names, as a user without rights, who can change nothing of the program', async () => {
    expect(image.config.User).toBe('1000:1000');
    expect(await run('--print', 'process.versions.node + " " + process.getuid()')).toBe(`${imageNodeVersion(ROOT)} 1000\n`);
    await expect(run('--eval', 'require("fs").writeFileSync("/app/dist/new.js", "")')).rejects.toThrow(/EACCES|EROFS/);
  }, 60_000);

  it('has no shell or npm between a SIGTERM and the app', () => {
    expect(image.config.Cmd).toEqual(['node', 'dist/apps/ingest/src/main.js']);
  });

  it('is small', () => {
    const bytes = filesBelow('app').reduce((sum, path) => sum + statSync(join(image.files, path)).size, 0);
    expect(bytes).toBeLessThan(MAX_BYTES_OF_OURS);
  });

  it('holds nothing of what built it: no sources, tests, packages of development, settings or caches of npm', () => {
    expect(readdirSync(join(image.files, 'app')).sort()).toEqual(
      ['bin', 'deploy', 'dist', 'node_modules', 'package.json', 'sbom.cdx.json'].sort(),
    );
    const ours = filesBelow('app').filter((path) => !path.startsWith('app/node_modules/'));
    expect(ours.filter((path) => /\.tsx?$|\.spec\.|\/testing\/|tsbuildinfo|\.npmrc|\.env/.test(path))).toEqual([]);
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, object>;
    const installed = readdirSync(join(image.files, 'app/node_modules'), { recursive: true, encoding: 'utf8' });
    const needed = new Set(
      Object.entries((JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock).packages)
        .filter(([, { dev }]) => dev !== true)
        .map(([path]) => path.replace('node_modules/', '')),
    );
    const ofDevelopment = Object.keys(devDependencies ?? {}).filter((dependency) => !needed.has(dependency));
    expect(ofDevelopment.length).toBeGreaterThan(10);
    expect(ofDevelopment.filter((dependency) => installed.includes(dependency))).toEqual([]);
    // An empty one is where a build had a machine's own settings mounted.
    const isFilled = (path: string): boolean => statSync(join(image.files, path)).size > 0;
    const ofNpm = ['root', 'home/node'].flatMap(filesBelow).filter((path) => /\/\.np(m|mrc)(\/|$)/.test(path));
    expect(ofNpm.filter(isFilled)).toEqual([]);
    expect(leftInTmp).toEqual([]);
  });
});

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}
