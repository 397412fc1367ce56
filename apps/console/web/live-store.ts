import type { Overview } from '../src/api/index.ts';
import { ask } from './api-client.ts';
import { bySource, withOverview, type HistoryBySource } from './history-columns.ts';
import { loadSession } from './session-store.ts';
import { Store } from './ui/store.ts';

export interface Live {
  readonly overview: Overview | undefined;
  readonly history: HistoryBySource;
  /** `lost`: what is shown is old; it is tried again by itself. */
  readonly connection: 'connecting' | 'live' | 'lost';
}

const RECONNECT_MS = 2_000;
/** The stream speaks each second: silence of this length is a broken connection that nobody has told us about. */
const SILENCE_MS = 6_000;

export const live = new Store<Live>({ overview: undefined, history: new Map(), connection: 'connecting' });

/**
 * Follows the console's stream until told to stop. A hidden page does not: browsers open six connections to a server at most, so a seventh
 * tab would otherwise wait for ever.
 */
export function followLive(): () => void {
  let stop = document.hidden ? undefined : followStream();
  const onVisibility = (): void => {
    stop?.();
    stop = document.hidden ? undefined : followStream();
  };
  document.addEventListener('visibilitychange', onVisibility);
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    stop?.();
  };
}

function followStream(): () => void {
  let stream: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const loseAndRetry = (): void => {
    stream?.close();
    clearTimeout(timer);
    if (stopped) return;
    live.set({ ...live.value, connection: 'lost' });
    timer = setTimeout(() => {
      // An event stream does not tell a 401 from a broken connection: the session does.
      void loadSession();
      void connect();
    }, RECONNECT_MS);
  };

  const expectWord = (): void => {
    clearTimeout(timer);
    timer = setTimeout(loseAndRetry, SILENCE_MS);
  };

  const connect = async (): Promise<void> => {
    try {
      const history = bySource(await ask('GET /api/history', {}));
      if (stopped) return;
      live.set({ ...live.value, history });
    } catch {
      return loseAndRetry();
    }
    stream = new EventSource('/api/live');
    stream.addEventListener('overview', ({ data }: MessageEvent<string>) => {
      expectWord();
      take(JSON.parse(data) as Overview);
    });
    stream.addEventListener('error', loseAndRetry);
    expectWord();
  };

  void connect();
  return () => {
    stopped = true;
    stream?.close();
    clearTimeout(timer);
  };
}

function take(overview: Overview): void {
  live.set({ overview, history: withOverview(live.value.history, overview), connection: 'live' });
}
