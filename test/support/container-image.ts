import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../sdk/run-command.ts';
import { tempFolder } from './temp-folder.ts';
import { atTestEnd } from './test-end.ts';

/** What a container of the image is told (`docker inspect`). */
export interface ImageConfig {
  readonly User: string;
  readonly Cmd: readonly string[];
  readonly Env: readonly string[];
  readonly Healthcheck?: { readonly Test: readonly string[] };
}

/** Starts `node <args>` out of the image: the command and its arguments. */
export type Launch = (args: readonly string[], env: Readonly<Record<string, string>>) => readonly [string, ...string[]];

/** Folders of the test's own are not in the image, which has its own for them. */
const ITS_OWN = ['STATE_DIR', 'CONSOLE_INDEX_DIR'];

/** An image that a container engine has built, and its files, unpacked. */
export class ContainerImage {
  readonly config: ImageConfig;
  /** The root of its file system. */
  readonly files = tempFolder('image');
  /** Whether its apps run in containers; else they run in its file system alone (chroot), as its user. */
  readonly inContainers: boolean;
  private readonly container: string;
  private started = 0;

  constructor(
    private readonly engine: string,
    private readonly name: string,
  ) {
    // Of a container: podman says nothing of the health check where it is asked for the image.
    this.container = this.ask('create', name).trim();
    atTestEnd(() => void this.ask('rm', this.container));
    const [created] = JSON.parse(this.ask('inspect', this.container)) as { Config: ImageConfig }[];
    if (created === undefined) throw new Error(`${engine} could not make a container of ${name}`);
    this.config = created.Config;
    // Not every machine with an engine may run what it builds: one inside of a container mostly may not.
    this.inContainers = spawnSync(engine, ['run', '--rm', '--network', 'none', name, 'node', '--version']).status === 0;
    if (!this.inContainers && process.getuid?.() !== 0)
      throw new Error(`${engine} can build the image and not run it: run this as root, or where containers run`);
  }

  async unpack(): Promise<void> {
    await runCommand('sh', ['-c', '"$0" export "$1" | tar -x -C "$2"', this.engine, this.container, this.files], {
      timeoutMs: 120_000,
    });
    chmodSync(this.files, 0o755);
    mkdirSync(join(this.files, 'tmp'), { recursive: true });
  }

  readonly launch: Launch = (args, env) => {
    const given = Object.entries(env).filter(([name]) => !ITS_OWN.includes(name));
    return this.inContainers ? this.inContainer(args, given) : this.inItsFiles(args, given);
  };

  private inContainer(args: readonly string[], env: readonly (readonly [string, string])[]): readonly [string, ...string[]] {
    const container = `bridge-image-check-${process.pid}-${++this.started}`;
    atTestEnd(() => void spawnSync(this.engine, ['rm', '--force', container], { stdio: 'ignore' }));
    return [
      this.engine,
      ...['run', '--rm', '--name', container, '--network', 'host'],
      ...['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
      ...['STATE_DIR', 'CONSOLE_INDEX_DIR'].flatMap((name) => ['--volume', this.valueOf(name)]),
      ...env.flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...[this.name, 'node', ...args],
    ];
  }

  private inItsFiles(args: readonly string[], env: readonly (readonly [string, string])[]): readonly [string, ...string[]] {
    const all = [...this.config.Env, ...env.map(([name, value]) => `${name}=${value}`)];
    return [
      'chroot',
      `--userspec=${this.config.User}`,
      this.files,
      ...['env', '--ignore-environment', '--chdir=/app', ...all],
      ...['node', ...args],
    ];
  }

  /** Of a variable that the image sets itself. */
  private valueOf(name: string): string {
    return this.config.Env.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  }

  private ask(...args: readonly string[]): string {
    return execFileSync(this.engine, args, { encoding: 'utf8', maxBuffer: 64 * 1024 ** 2, stdio: ['ignore', 'pipe', 'pipe'] });
  }
}
