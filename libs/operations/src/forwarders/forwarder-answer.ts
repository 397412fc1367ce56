import type { GateState } from '#delivery';
import { isJsonObject } from '#segment';

/** What a forwarder says about one source (`GET /status`). Older versions say less. */
export interface ForwarderSource {
  readonly source: string;
  readonly state: GateState;
  readonly erasures: GateState;
  /** Of the identifies that set parameters on persons; `delivering` where the mapping has none. */
  readonly persons?: GateState;
  readonly inFlight: number;
  readonly concurrency: number;
  readonly lastFailure?: { readonly code: string; readonly status?: number; readonly atWallMs: number } | null;
  /** Since the start of its process. */
  readonly counts?: { readonly calls: number; readonly failedCalls: number; readonly delivered: number; readonly ended: number };
  readonly partitions: readonly ForwarderPartition[];
}

export interface ForwarderPartition {
  readonly partition: number;
  readonly phase: string;
  /** What keeps it from being delivered. */
  readonly fault?: string;
  /** Absent while it is restored. */
  readonly frontier?: number;
  readonly arrivedNext?: number;
  readonly lead?: number;
  readonly lanes?: number;
  readonly waiting?: number;
  readonly inFlight?: number;
  readonly heldBytes?: number;
  readonly paused?: boolean;
  readonly knowsItsDeletions?: boolean;
}

/** What a forwarder says about itself. */
export interface ForwarderAnswer {
  readonly ready?: boolean;
  readonly reasons?: readonly string[];
  readonly notices?: readonly string[];
  readonly sources: readonly ForwarderSource[];
}

/**
 * The answer of `GET /status`; undefined if it is another program's. Checks what all versions say and leaves the rest as it is: it comes
 * from a process of ours.
 */
export function readAnswer(json: unknown): ForwarderAnswer | undefined {
  if (!isJsonObject(json) || !Array.isArray(json['sources'])) return undefined;
  const isOurs = json['sources'].every(
    (source) =>
      isJsonObject(source) &&
      typeof source['source'] === 'string' &&
      isGate(source['state']) &&
      isGate(source['erasures']) &&
      Array.isArray(source['partitions']),
  );
  return isOurs ? (json as unknown as ForwarderAnswer) : undefined;
}

function isGate(value: unknown): boolean {
  return isJsonObject(value) && typeof value['kind'] === 'string';
}
