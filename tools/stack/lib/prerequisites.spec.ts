import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nodeFault } from './node-version.mjs';
import { freePort } from './ports.mjs';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PORTS = [
  'INGEST_PORT',
  'INGEST_ADMIN_PORT',
  'FORWARDER_ADMIN_PORT',
  'CONSOLE_PORT',
  'EXTOLE_SIMULATOR_PORT',
  'LOCAL_KAFKA_PORT',
];

describe('npm start on a machine that lacks something', () => {
  let checkout: string;
  let bin: string;

  /** A fresh clone: nothing is installed, built or fetched. */
  beforeAll(() => {
    checkout = mkdtempSync(join(tmpdir(), 'bridge-clone-'));
    for (const path of ['tools/stack', 'tools/local-kafka', 'apps/console/src/main.ts', 'package.json', 'package-lock.json']) {
      mkdirSync(dirname(join(checkout, path)), { recursive: true });
      cpSync(join(ROOT, path), join(checkout, path), { recursive: true });
    }
  });
  beforeEach(() => {
    bin = mkdtempSync(join(tmpdir(), 'bridge-bin-'));
  });
  afterEach(() => rmSync(bin, { recursive: true }));
  afterAll(() => rmSync(checkout, { recursive: true }));

  const command = (name: string, script: string): void =>
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

  async function start(env: Readonly<Record<string, string>> = {}): Promise<{ status: number | null; output: string }> {
    const ports = await Promise.all(PORTS.map(async (name) => [name, String(await freePort())] as const));
    const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/stack/start.mjs'], {
      cwd: checkout,
      env: { PATH: bin, ...Object.fromEntries(ports), ...env },
      encoding: 'utf8',
      timeout: 30_000,
    });
    return { status, output: `${stdout}${stderr}` };
  }

  it('says before it installs that Java and Maven are missing, and the one line that brings them', async () => {
    const { status, output } = await start();

    expect(status).toBe(1);
    expect(output).toContain('Java was not found');
    expect(output).toContain('Maven (mvn) was not found');
    expect(output).toMatch(/Debian.*: +sudo apt-get install -y default-jre-headless maven$/m);
    expect(output).toMatch(/Fedora: +sudo dnf install -y java-latest-openjdk-headless maven$/m);
    expect(output).toMatch(/macOS: +brew install maven && brew install --cask temurin$/m);
    expect(output).not.toContain('install packages');
    expect(existsSync(join(checkout, 'node_modules'))).toBe(false);
  });

  it('says it of a Java that is too old for the broker', async () => {
    command('java', 'echo \'openjdk version "11.0.2"\' >&2');
    command('mvn', 'exit 0');
    const { output } = await start();

    expect(output).toContain('Kafka needs Java 17 or newer, but java is 11');
    expect(output).toContain('sudo apt-get install');
    expect(output).not.toContain('Maven (mvn) was not found');
  });

  it('names all that is wrong at once: what is missing and what is taken', async () => {
    const { output } = await start({ INGEST_PORT: '3100', INGEST_ADMIN_PORT: '3100' });

    expect(output).toContain('INGEST_ADMIN_PORT and INGEST_PORT are both 3100.');
    expect(output).toContain('Java was not found');
  });

  // npm is what this machine lacks, so that the installation is as far as it gets.
  it('needs neither where a container engine answers', async () => {
    symlinkSync('/bin/true', join(bin, 'podman'));
    expect((await start()).output).toContain('npm ci could not be run');
  });

  it('needs neither for a broker of yours, but looks whether it is there', async () => {
    const { output } = await start({ KAFKA_BROKERS: `127.0.0.1:${await freePort()}` });

    expect(output).toContain('nothing listens at');
    expect(output).not.toContain('Java');
    expect(output).not.toContain('install packages');
  });
});

describe('a Node that is too old', () => {
  it.each(['18.20.4', '20.18.3', '16.0.0'])('is refused with the line that brings a newer one: %s', (version) => {
    const fault = nodeFault(version) ?? '';

    expect(fault).toContain(`Node 20.19 or newer is needed; this is ${version}.`);
    for (const line of [
      /Debian.*: +curl .*nodesource.* apt-get install -y nodejs$/m,
      /Fedora: +sudo dnf/m,
      /macOS: +brew install node/m,
    ])
      expect(fault).toMatch(line);
  });

  it.each(['20.19.0', '20.20.2', '22.0.0', '24.22.3', '26.12.1'])('is not %s', (version) => {
    expect(nodeFault(version)).toBeUndefined();
  });

  it.each(['start', 'test', 'demo'])('is told by tools/stack/%s.mjs before anything else is loaded', (script) => {
    const { stderr, status } = spawnSync(
      process.execPath,
      [
        ...['--input-type=module', '--eval'],
        `Object.defineProperty(process.versions, 'node', { value: '18.20.4' }); await import(${JSON.stringify(join(ROOT, 'tools/stack', `${script}.mjs`))});`,
      ],
      { encoding: 'utf8' },
    );

    expect(stderr).toMatch(/^Node 20\.19 or newer is needed; this is 18\.20\.4\./);
    expect(status).toBe(1);
  });
});
