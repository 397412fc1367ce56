import type { Overview, SourceOverview } from '../src/api/index.ts';
import { bySource, highest, WINDOW_SECONDS, withOverview } from './history-columns.ts';

const source: SourceOverview = {
  source: 'shop',
  eventsInPerSecond: 5,
  deliveredPerSecond: 4,
  lag: 7,
  inFlight: null,
  oldestUndeliveredMs: 30,
  errorRate: null,
  state: { kind: 'delivering', forwarders: [] },
  erasures: { kind: 'delivering', forwarders: [] },
  lastError: null,
  deadLetters: 0,
  openDeletions: 0,
  partitions: [],
  settings: { extoleBaseUrl: '', mode: 'async', mappingVersion: '1', afterDeletion: 'accept', maxConcurrency: 1 },
};

function overviewAt(seconds: number, lag = 7): Overview {
  return {
    at: new Date(seconds * 1_000).toISOString(),
    sources: [{ ...source, lag }],
    forwarders: [],
    index: { caughtUp: true, behind: 0, outcomes: 0, bytes: 0 },
    problems: [],
  };
}

describe('the history that charts show', () => {
  const empty = bySource({ stepSeconds: 1, sources: [] });

  it('grows by each overview, gaps included', () => {
    const history = withOverview(withOverview(empty, overviewAt(100)), overviewAt(101, 9)).get('shop');
    expect(history).toMatchObject({ at: [100, 101], lag: [7, 9], inFlight: [null, null] });
  });

  it('takes no sample twice, as after a reconnection', () => {
    const history = withOverview(withOverview(empty, overviewAt(100)), overviewAt(100)).get('shop');
    expect(history?.at).toEqual([100]);
  });

  it('forgets what is older than its window', () => {
    const history = withOverview(withOverview(empty, overviewAt(100)), overviewAt(100 + WINDOW_SECONDS)).get('shop');
    expect(history?.at).toEqual([100 + WINDOW_SECONDS]);
    expect(history?.lag).toHaveLength(1);
  });

  it('knows its highest value, if any is known', () => {
    expect(highest([1, null, 3, 2])).toBe(3);
    expect(highest([null])).toBeNull();
  });
});
