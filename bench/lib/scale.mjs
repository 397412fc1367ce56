/**
 * How much is measured: `full` for the table of the README, `quick` in a few minutes, `smoke` only to see that everything runs.
 */
export const SCALES = {
  full: {
    forwarding: { events: 60_000, users: 6_000, rounds: 5, concurrencies: [128, 512] },
    ingest: { rounds: 3, seconds: 6 },
    latency: { rounds: 3, seconds: 20, perSecond: 1_000 },
    processes: { events: 100_000, counts: [1, 2, 4] },
    backlogs: [100_000, 1_000_000, 5_000_000],
    users: [1_000, 100_000, 1_000_000],
    partitions: [1, 12, 64],
    windows: [1_000_000, 10_000_000],
    // With more, the hot user's events fill what a partition may hold, and the others of that partition wait for them (docs/scaling.md).
    hotUser: { others: 30_000, rounds: 3 },
    idleSeconds: 30,
    functionMs: 400,
  },
  quick: {
    forwarding: { events: 20_000, users: 2_000, rounds: 1, concurrencies: [128, 512] },
    ingest: { rounds: 1, seconds: 3 },
    latency: { rounds: 1, seconds: 8, perSecond: 1_000 },
    processes: { events: 30_000, counts: [1, 2] },
    backlogs: [100_000],
    users: [1_000, 100_000],
    partitions: [1, 64],
    windows: [200_000],
    hotUser: { others: 20_000, rounds: 1 },
    idleSeconds: 10,
    functionMs: 100,
  },
  smoke: {
    forwarding: { events: 600, users: 100, rounds: 1, concurrencies: [32] },
    ingest: { rounds: 1, seconds: 0.5 },
    latency: { rounds: 1, seconds: 1, perSecond: 100 },
    processes: { events: 600, counts: [2] },
    backlogs: [1_000],
    users: [100],
    partitions: [1],
    windows: [2_000],
    hotUser: { others: 600, rounds: 1 },
    idleSeconds: 1,
    functionMs: 2,
  },
};
