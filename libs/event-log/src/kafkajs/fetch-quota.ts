/** What an answer to a fetch says of a quota. */
interface FetchAnswer {
  /** Milliseconds for which the broker reads nothing more from this connection; kafkajs keeps to it [KIP-219]. */
  readonly clientSideThrottleTime: number;
  readonly responses: readonly unknown[];
}

interface Allowance {
  readonly bytes: number;
  /** Monotonic milliseconds. */
  readonly heldBackAt: number;
}

/** Fetches are not made smaller than this; one that asks for less than a batch gets the batch all the same. */
const LEAST_BYTES = 16_384;
/** A broker counts over its last ten seconds or so. */
const FORGOTTEN_AFTER_MS = 60_000;

/** By broker: a quota is of the client at each of them, over all of its connections. */
const allowances = new Map<string, Allowance>();

/**
 * How much to ask a broker for, at most `wanted`.
 *
 * A broker answers a fetch that would exceed the client's quota with nothing at all, and so it does again when the same is asked for: who has a backlog, and
 * asks for as much as all of the quota's time allows, gets nothing for as long as anything else is fetched beside it.
 */
export function withinQuota(broker: string, wanted: number): number {
  return isLimited(broker) ? Math.min(wanted, allowances.get(broker)?.bytes ?? wanted) : wanted;
}

/** Whether less is asked of this broker than is wanted. */
export function isLimited(broker: string): boolean {
  const allowance = allowances.get(broker);
  return allowance !== undefined && performance.now() - allowance.heldBackAt < FORGOTTEN_AFTER_MS;
}

/** Half is asked for from now on where `asked` was too much. */
export function noteQuota(broker: string, asked: number, { clientSideThrottleTime, responses }: FetchAnswer): void {
  if (clientSideThrottleTime === 0 || responses.length > 0) return;
  allowances.set(broker, { bytes: Math.max(LEAST_BYTES, Math.floor(asked / 2)), heldBackAt: performance.now() });
}
