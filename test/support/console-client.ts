import type { Found, Overview, SourceOverview, TimelineEntry } from '../../apps/console/src/api/index.ts';
import { AppProcess } from './app-process.ts';
import { tempFolder } from './temp-folder.ts';
import type { TestStack } from './test-stack.ts';
import { freePort, waitFor } from './wait-for.ts';

export interface ConsoleOptions {
  /** Where its index is kept; default: a folder of this console's own. */
  readonly indexDir?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A console of the test's own, and what a browser would ask it. */
export interface TestConsole {
  readonly app: AppProcess;
  readonly url: string;
  readonly indexDir: string;
  /** The parsed answer of a GET; fails unless it is a 200. */
  get<T>(path: string): Promise<T>;
  /** Of a POST likewise. */
  post<T>(path: string, body?: unknown): Promise<T>;
  /** Its one source, as it stands now. */
  source(): Promise<SourceOverview>;
  /** Waits until the overview is as asked for. */
  untilSource(as: string, holds: (source: SourceOverview, overview: Overview) => boolean): Promise<SourceOverview>;
  /** Waits until the message has the one entry that is asked for, and returns it. */
  untilEntry(messageId: string, as: string, holds: (entry: TimelineEntry) => boolean): Promise<TimelineEntry>;
}

/** Starts a console beside a stack, and waits until it is ready. */
export async function startConsole(stack: Pick<TestStack, 'env'>, options: ConsoleOptions = {}): Promise<TestConsole> {
  const port = await freePort();
  const indexDir = options.indexDir ?? tempFolder('console');
  const url = `http://127.0.0.1:${port}`;
  const app = new AppProcess('console', {
    env: { ...stack.env, CONSOLE_PORT: String(port), CONSOLE_INDEX_DIR: indexDir, ...options.env },
    readyUrl: `${url}/health/ready`,
  });
  await app.ready();

  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', 'x-bridge-console': '1' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  };
  const get = <T>(path: string): Promise<T> => ask('GET', path);
  const post = <T>(path: string, body?: unknown): Promise<T> => ask('POST', path, body);
  const sourceOf = ({ sources: [source] }: Overview): SourceOverview => {
    if (source === undefined) throw new Error('the console has not looked yet');
    return source;
  };
  return {
    app,
    url,
    indexDir,
    get,
    post,
    source: async () => sourceOf(await get('/api/overview')),
    async untilSource(as, holds) {
      let last: Overview | undefined;
      await waitFor(
        async () => {
          last = await get<Overview>('/api/overview');
          return last.sources.length > 0 && holds(sourceOf(last), last);
        },
        { timeoutMs: 30_000, intervalMs: 100, describe: () => `the source to be ${as} (${JSON.stringify(last)})` },
      );
      if (last === undefined) throw new Error('no overview');
      return sourceOf(last);
    },
    async untilEntry(messageId, as, holds) {
      let last: readonly TimelineEntry[] = [];
      await waitFor(
        async () => {
          const { timelines } = await post<Found>('/api/find', { messageId });
          last = timelines.flatMap(({ entries }) => entries);
          return last.length === 1 && last.every(holds);
        },
        { timeoutMs: 20_000, intervalMs: 100, describe: () => `message ${messageId} to be ${as} (${JSON.stringify(last)})` },
      );
      const [entry] = last;
      if (entry === undefined) throw new Error('no entry');
      return entry;
    },
  };
}
