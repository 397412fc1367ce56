import { randomUUID } from 'node:crypto';
import type { SegmentClient, SegmentMessage } from './segment-client.ts';

/** A track whose place among its user's events is known: `n` counts from 0. */
export type NumberedEvent = SegmentMessage & {
  readonly messageId: string;
  readonly userId: string;
  readonly properties: Readonly<Record<string, unknown>> & { readonly n: number };
};

/** `total` events of `users` users in turn, so that each user's events lie far apart and everybody's are mixed. */
export function numberedEvents({
  total,
  users,
  prefix,
}: {
  readonly total: number;
  readonly users: number;
  readonly prefix: string;
}): NumberedEvent[] {
  return Array.from({ length: total }, (_, index) => numberedEvent(`${prefix}-${index % users}`, Math.floor(index / users)));
}

export function numberedEvent(userId: string, n: number, extra: Partial<SegmentMessage> = {}): NumberedEvent {
  return { type: 'track', event: 'Step Taken', messageId: randomUUID(), userId, properties: { n }, ...extra };
}

/** Sends in order, one batch after the other; fails on any answer but 200. */
export async function sendInBatches(segment: SegmentClient, events: readonly SegmentMessage[], size = 1_000): Promise<void> {
  for (let start = 0; start < events.length; start += size) {
    const { status } = await segment.sendBatch(events.slice(start, start + size));
    if (status !== 200) throw new Error(`ingest answered ${status} to a batch`);
  }
}
