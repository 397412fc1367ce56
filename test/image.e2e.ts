import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cachedFolder } from './sdk/cached-folder.ts';
import { runCommand } from './sdk/run-command.ts';
import { AppProcess } from './support/app-process.ts';
import { untilSettled } from './support/settled.ts';
import { tempFolder } from './support/temp-folder.ts';
import { startStack, type TestStack } from './support/test-stack.ts';
import { freePort } from './support/wait-for.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const [, buildStage = '', runStage = ''] = read('deploy/docker/Dockerfile').split(/^FROM .*$/m);

/** `COPY` lines of a stage: what is copied, and whether out of the build stage. */
function copiesOf(stage: string): { readonly sources: readonly string[]; readonly built: boolean }[] {
  return [...stage.matchAll(/^COPY (--from=build )?(.+) \S+$/gm)].map(([, from, sources = '']) => ({
    built: from !== undefined,
    sources: sources.split(' ').map((path) => path.replace(/^\/app\//, '')),
  }));
}

/**
 * The files of the image, laid out as its last stage copies them: the production packages alone, and of what is built only what comes from sources
 * that the build stage has. Without a container engine this is as near as one gets.
 */
async function layOut(root: string): Promise<void> {
  const packages = await cachedFolder({
    name: 'image-packages',
    madeFrom: `${read('package-lock.json')}${read('.npmrc')}`,
    async make(folder) {
      for (const file of ['package.json', 'package-lock.json', '.npmrc']) cpSync(join(ROOT, file), join(folder, file));
      await runCommand('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund', '--prefix', folder], { timeoutMs: 5 * 60_000 });
    },
  });
  const sourceFolders = copiesOf(buildStage).flatMap(({ sources }) => sources);
  for (const { sources, built } of copiesOf(runStage)) {
    for (const path of sources) {
      if (built && path === 'node_modules') symlinkSync(join(packages, path), join(root, path));
      else if (built && path === 'dist') copyBuilt(root, sourceFolders);
      else if (built && path === 'sbom.cdx.json') writeFileSync(join(root, path), await billOfMaterials());
      else copy(path, root);
    }
  }
}

function copyBuilt(root: string, sources: readonly string[]): void {
  for (const source of sources) if (existsSync(join(ROOT, 'dist', source))) copy(join('dist', source), root);
}

function copy(path: string, root: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  cpSync(join(ROOT, path), join(root, path), { recursive: true });
}

/** As the Dockerfile makes it: from the lock. */
function billOfMaterials(): Promise<string> {
  return runCommand('npm', ['run', '--silent', 'sbom', '--prefix', ROOT]);
}

describe('what the container image holds', () => {
  let root: string;
  let stack: TestStack;

  beforeAll(async () => {
    root = tempFolder('image');
    await layOut(root);
    stack = await startStack({ root, env: { NODE_ENV: 'production' } });
  }, 6 * 60_000);

  it('is enough to take an event to Extole, and to end when told to', async () => {
    await stack.segment.track('packed', 'Login Button Clicked', {}, { messageId: 'packed' });
    await untilSettled(stack);
    expect((await stack.extole.applied({ partnerEventId: 'packed' })).length).toBe(1);
    for (const app of [...stack.forwarders, stack.ingest]) expect(await app.terminate()).toEqual({ code: 0, signal: null });
  }, 60_000);

  it('is enough to serve the console', async () => {
    const port = await freePort();
    const env = { ...stack.env, CONSOLE_PORT: String(port), CONSOLE_INDEX_DIR: tempFolder('console'), NODE_ENV: 'production' };
    const console = await new AppProcess('console', { env, root, readyUrl: `http://127.0.0.1:${port}/health/ready` }).ready();
    const page = await fetch(`http://127.0.0.1:${port}/`);
    expect({ status: page.status, type: page.headers.get('content-type') }).toMatchObject({ status: 200, type: /html/ });
    expect(await console.terminate()).toEqual({ code: 0, signal: null });
  }, 60_000);

  it('is enough for the command line', async () => {
    expect(await runCommand(process.execPath, [join(root, 'bin/bridge.mjs'), '--help'])).toContain('Usage: bridge');
  }, 30_000);

  it('tells by its health check whether an app is well', async () => {
    const check = (url: string) => runCommand(process.execPath, [join(root, 'deploy/docker/healthcheck.mjs'), url]);
    await expect(check(`${stack.extole.url}/_control/health`)).resolves.toBe('');
    await expect(check(`http://127.0.0.1:${await freePort()}/health/live`)).rejects.toThrow();
  }, 30_000);

  it('lists its packages in a CycloneDX bill of materials, those of development left out', () => {
    const { bomFormat, components } = JSON.parse(readFileSync(join(root, 'sbom.cdx.json'), 'utf8')) as {
      bomFormat: string;
      components: { name: string; group?: string }[];
    };
    const names = components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`));
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
    expect(bomFormat).toBe('CycloneDX');
    expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies ?? {})));
    for (const name of ['jest', 'eslint', '@nestjs/cli', 'playwright-core']) {
      expect(Object.keys(devDependencies ?? {})).toContain(name);
      expect(names).not.toContain(name);
    }
  });
});
