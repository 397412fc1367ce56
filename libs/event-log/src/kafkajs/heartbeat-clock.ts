import { aroundGroup, type Around } from './around-group.ts';

/** By group: when the heartbeat that is under way was begun (monotonic milliseconds). */
const begunAt = new Map<string, number>();
let clock: () => number;

/**
 * When the heartbeat of `groupId` that is under way was begun (monotonic milliseconds); undefined if none is.
 *
 * kafkajs tells of a heartbeat when its answer is read. In a process that was frozen in between, that is any time later, when the
 * coordinator may long have given the partitions away: only the beginning counts (P8).
 */
export function heartbeatBegunAt(groupId: string): number | undefined {
  return begunAt.get(groupId);
}

/** Has kafkajs 2.2.4 send its heartbeats whatever the wall clock does, and notes when each was begun. */
export function clockHeartbeats(monotonicNow: () => number): void {
  clock = monotonicNow;
  aroundGroup('heartbeat', clocked);
}

const clocked: Around = async (group, heartbeat) => {
  // After a step of the wall clock back by an hour, the next one would be due in an hour, and the session over in ten seconds.
  if (group.lastRequest > Date.now()) group.lastRequest = 0;
  // Whoever asks for one while another is under way gets that one.
  if (begunAt.has(group.groupId)) return await heartbeat();
  begunAt.set(group.groupId, clock());
  try {
    return await heartbeat();
  } finally {
    begunAt.delete(group.groupId);
  }
};
