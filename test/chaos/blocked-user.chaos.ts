import { readFileSync } from 'node:fs';
import { partitionFor } from '#event-log';
import type { AppProcess } from '../support/app-process.ts';
import { callsFor, deliveryFaults, repeatsAmong } from '../support/extole-calls.ts';
import { numberedEvent, numberedEvents, sendInBatches } from '../support/numbered-events.ts';
import { untilSettled } from '../support/settled.ts';
import { startStack, type TestStack } from '../support/test-stack.ts';
import { waitFor } from '../support/wait-for.ts';
import { reportFigure } from './support/figures.ts';
import { scaled } from './support/scale.ts';

const PARTITIONS = 4;
/** Events of one user, all behind one that fails. */
const BACKLOG = scaled(200_000, 40_000);
/** `maxHeldBytes` of the forwarder, and what one fetch may add. */
const HELD_BOUND_MB = 17;
const BLOCKED = 'blocked-user';
const MIB = 1024 ** 2;

interface PartitionStatus {
  readonly partition: number;
  readonly heldBytes: number;
  readonly paused: boolean;
}

describe('P9: a long backlog behind one blocked user', () => {
  let stack: TestStack;
  let forwarder: AppProcess;

  beforeAll(async () => {
    stack = await startStack({
      partitions: PARTITIONS,
      forwarders: 0,
      env: { EXTOLE_MAX_CONCURRENCY: '128', MAX_ATTEMPT_AGE: '1h' },
    });
    await stack.extole.behaviour({
      faults: [{ match: { partnerUserId: BLOCKED }, kind: 'status', status: 500 }],
    });
    forwarder = await stack.startForwarder();
  }, 60_000);

  async function partitionsNow(): Promise<readonly PartitionStatus[]> {
    const { sources } = JSON.parse((await forwarder.ask('/status')).text) as {
      sources: { partitions: PartitionStatus[] }[];
    };
    return sources[0]?.partitions ?? [];
  }

  function residentMb({ pid }: AppProcess): number {
    const [, kilobytes = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  }

  it(`holds no more than its bound of ${BACKLOG} events, pauses that user's partition alone, and delivers all of them in the end`, async () => {
    const home = partitionFor(BLOCKED, PARTITIONS);
    const backlog = Array.from({ length: BACKLOG }, (_, n) => numberedEvent(BLOCKED, n));
    // Neighbours whose events lie in front of the backlog's end, some of them in the same partition.
    const neighbours = numberedEvents({ total: 400, users: 40, prefix: 'neighbour' });
    const rssBefore = residentMb(forwarder);
    let heldMost = 0;
    let rssMost = 0;
    const watching = setInterval(() => {
      rssMost = Math.max(rssMost, residentMb(forwarder));
      void partitionsNow().then((partitions) => {
        heldMost = Math.max(heldMost, ...partitions.map(({ heldBytes }) => heldBytes));
      });
    }, 100);
    try {
      await sendInBatches(stack.segment, [...backlog.slice(0, 100), ...neighbours, ...backlog.slice(100)]);
      await waitFor(async () => callsFor(neighbours, await stack.extole.applied()).length === neighbours.length, {
        timeoutMs: 60_000,
        describe: 'the neighbours, also those in the same partition, to be delivered',
      });
      await waitFor(async () => (await partitionsNow()).some(({ paused }) => paused), {
        timeoutMs: 60_000,
        describe: "the blocked user's partition to pause",
      });
      const paused = (await partitionsNow()).filter((partition) => partition.paused).map(({ partition }) => partition);
      expect(paused).toEqual([home]);
      // The other partitions go on as if nothing were.
      const later = numberedEvents({ total: 400, users: 200, prefix: 'later' }).filter(
        ({ userId }) => partitionFor(userId, PARTITIONS) !== home,
      );
      await sendInBatches(stack.segment, later);
      await waitFor(async () => callsFor(later, await stack.extole.applied()).length === later.length, {
        describe: 'events of other partitions to be delivered meanwhile',
      });
      expect(await stack.extole.applied({ partnerUserId: BLOCKED })).toHaveLength(0);

      await stack.extole.behaviour({ faults: [] });
      await untilSettled(stack, 900_000);
      const ledger = await stack.extole.ledger();
      expect(deliveryFaults([...backlog, ...neighbours, ...later], ledger)).toEqual([]);
      const repeats = repeatsAmong(callsFor(backlog.slice(1), ledger)).length;
      expect(repeats).toBe(0);
    } finally {
      clearInterval(watching);
    }
    reportFigure({
      name: `most that a partition held, with ${BACKLOG} events behind one blocked user`,
      values: { held: heldMost / MIB },
      unit: 'MB',
      bound: HELD_BOUND_MB,
    });
    reportFigure({
      name: `the forwarder's memory, before and at most, with ${BACKLOG} events behind one blocked user`,
      values: { before: rssBefore, max: rssMost },
      unit: 'MB',
    });
    expect(heldMost / MIB).toBeLessThan(HELD_BOUND_MB);
  }, 1_200_000);
});
