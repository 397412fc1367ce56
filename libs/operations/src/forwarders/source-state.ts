import type { Fault, GateState } from '#delivery';

/** What each forwarder says about a gate of a source, by the forwarder's name. */
export interface SaidState {
  readonly forwarder: string;
  readonly state: GateState;
}

/** How a source stands over all forwarders: the worst of what they say. */
export interface CombinedState {
  readonly kind: 'delivering' | 'slowed' | 'stopped' | 'unattended';
  readonly reason?: 'operator' | Fault['reason'];
  /** A sentence: why, and what to do. */
  readonly why?: string;
  /** ISO 8601. */
  readonly since?: string;
  readonly code?: string;
  readonly status?: number;
  readonly note?: string;
  readonly concurrency?: number;
  /** Those that say so: not all may. */
  readonly forwarders: readonly string[];
}

/** The worst first. */
const SEVERITY = ['operator', 'configuration', 'dead-letter-burst', 'outage', 'slowed', 'delivering'] as const;

/** @param what of the source is meant: its events, or its erasures. */
export function combineStates(source: string, what: 'events' | 'erasures', said: readonly SaidState[]): CombinedState {
  const nameOf = (state: GateState): string => (state.kind === 'stopped' ? state.reason : state.kind);
  const worst = SEVERITY.find((name) => said.some(({ state }) => nameOf(state) === name));
  const saying = said.filter(({ state }) => nameOf(state) === worst);
  const [first] = saying;
  if (first === undefined) {
    return {
      kind: 'unattended',
      why: `no forwarder says anything about source ${source}: check that one runs with it`,
      forwarders: [],
    };
  }
  const forwarders = [...new Set(saying.map(({ forwarder }) => forwarder))];
  const { state } = earliest(saying);
  switch (state.kind) {
    case 'delivering':
      return { kind: 'delivering', forwarders };
    case 'slowed': {
      const concurrency = sum(said.map(({ state: one }) => (one.kind === 'slowed' ? one.concurrency : 0)));
      const why = `Extole asks for less (429): ${concurrency} calls at once where it says so; that grows back by itself`;
      return { kind: 'slowed', why, concurrency, ...sinceOf(state.sinceWallMs), forwarders };
    }
    case 'stopped': {
      const common = {
        kind: 'stopped',
        why: whyStopped(source, what, state),
        ...sinceOf(state.sinceWallMs),
        forwarders,
      } as const;
      if (state.reason === 'operator')
        return { ...common, reason: 'operator', ...(state.note !== undefined && { note: state.note }), ...answerOf(state.fault) };
      return { ...common, reason: state.reason, ...answerOf(state) };
    }
  }
}

function whyStopped(source: string, what: 'events' | 'erasures', state: Extract<GateState, { kind: 'stopped' }>): string {
  if (state.reason === 'operator') {
    const note = state.note === undefined ? '' : ` (${state.note})`;
    const besides = state.fault === undefined ? '' : `; besides, ${faultText(state.fault)}`;
    return `an operator has stopped it${note}: its backlog waits in Kafka until it is resumed${besides}`;
  }
  const goesOn = what === 'events' ? 'the backlog waits in Kafka' : 'its deletions wait, and its events go on';
  switch (state.reason) {
    case 'configuration':
      return `${faultText(state)}: check EXTOLE_ACCESS_TOKEN and EXTOLE_BASE_URL of source ${source}; ${goesOn}, and it goes on by itself once a probe succeeds`;
    case 'outage':
      return `${faultText(state)}: Extole or the way to it is down; it is tried again by itself`;
    case 'dead-letter-burst':
      return `${faultText(state)}: check the mapping file; nothing more is dead-lettered until a probe succeeds`;
  }
}

function faultText({ reason, code, status }: Fault): string {
  const answer = status === undefined ? code : `${status} ${code}`;
  switch (reason) {
    case 'configuration':
      return `Extole answers ${answer}`;
    case 'outage':
      return `calls fail with ${answer}`;
    case 'dead-letter-burst':
      return `most events are refused (${answer})`;
  }
}

function earliest(said: readonly SaidState[]): SaidState {
  const since = ({ state }: SaidState): number => (state.kind === 'delivering' ? 0 : (state.sinceWallMs ?? Infinity));
  return said.reduce((first, next) => (since(next) < since(first) ? next : first));
}

/** An older forwarder does not say since when it is slowed. */
function sinceOf(wallMs: number | undefined): { since?: string } {
  return wallMs === undefined ? {} : { since: new Date(wallMs).toISOString() };
}

function answerOf(fault: Fault | undefined): { code?: string; status?: number } {
  if (fault === undefined) return {};
  return { code: fault.code, ...(fault.status !== undefined && { status: fault.status }) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
