import type { Fault } from '#delivery';
import type { Health } from '#observability';
import { readClock } from '../clock.ts';
import type { SourceRuntime } from '../delivery/source-runtime.ts';
import type { PartitionOwnership } from '../ownership/partition-ownership.ts';

/** Liveness fails when the group's coordinator has not confirmed this member for so long: a restart is then the cure. */
const MEMBERSHIP_TOO_OLD_MS = 120_000;

/** What this process says about itself: readiness with its reasons, the status page's JSON, and the gauges. */
export class ForwarderStatus {
  private readonly tokenFaults = new Map<string, string>();

  constructor(
    private readonly runtimes: readonly SourceRuntime[],
    private readonly ownership: PartitionOwnership,
    /** This forwarder's name in the group. */
    private readonly name: string,
    /** What it lacks the right to read or write. */
    private readonly refused: () => readonly string[] = () => [],
  ) {}

  /** The account's access token was asked about; `fault` is why Extole does not take it. */
  tokenChecked(source: string, fault: string | undefined): void {
    if (fault === undefined) this.tokenFaults.delete(source);
    else this.tokenFaults.set(source, fault);
  }

  live(): Health {
    const silentMs = readClock().monotonicMs - this.ownership.confirmedAt;
    return silentMs < MEMBERSHIP_TOO_OLD_MS
      ? { ok: true, reasons: [] }
      : { ok: false, reasons: [`no word from the consumer group's coordinator for ${Math.round(silentMs / 1_000)} s`] };
  }

  ready(): Health {
    const reasons = [...this.ownership.faults, ...this.runtimes.flatMap((runtime) => this.faultsOf(runtime)), ...this.refused()];
    return { ok: reasons.length === 0, reasons, notices: this.runtimes.flatMap(noticesOf) };
  }

  /** The JSON of `GET /status` (contract.md). */
  status() {
    const { partitions } = this.ownership;
    const { ok: ready, reasons, notices } = this.ready();
    return {
      name: this.name,
      ready,
      reasons,
      notices,
      sources: this.runtimes.map(({ id, topics, delivery, counts }) => ({
        source: id,
        state: delivery.state,
        erasures: delivery.erasures.state,
        persons: delivery.persons.state,
        inFlight: delivery.events.inFlight,
        inDoubt: delivery.inDoubt,
        concurrency: delivery.events.concurrency,
        lastFailure: delivery.events.lastFailure ?? null,
        counts,
        partitions: partitions
          .filter(({ place }) => place.topic === topics.events)
          .map(({ place, phase, driver, fault }) => ({
            partition: place.partition,
            phase,
            ...(fault !== undefined && { fault }),
            ...driver?.figures,
            knowsItsDeletions: driver?.knowsItsDeletions(readClock()) ?? false,
          })),
      })),
    };
  }

  private faultsOf({ id, delivery }: SourceRuntime): string[] {
    const faults: string[] = [];
    const { state } = delivery;
    // An operator's stop is no fault: a process that starts under one is as ready as it can be, and a rolling update must go on.
    if (state.kind === 'stopped' && state.reason !== 'operator')
      faults.push(`delivery of source ${id} is stopped: ${describe(state)}`);
    else if (this.tokenFaults.has(id))
      faults.push(`the access token of source ${id} is not taken by Extole: ${this.tokenFaults.get(id)}`);
    const erasures = delivery.erasures.state;
    if (erasures.kind === 'stopped' && erasures.reason !== 'operator')
      faults.push(`erasures of source ${id} are stopped: ${describe(erasures)}`);
    const now = readClock();
    const blind = delivery.owned.filter((driver) => !driver.knowsItsDeletions(now)).map(({ partition }) => partition);
    if (blind.length > 0)
      faults.push(`source ${id} holds back partitions ${blind.join(', ')} until their deletions have been read`);
    return faults;
  }
}

function noticesOf({ id, delivery: { state } }: SourceRuntime): string[] {
  if (state.kind !== 'stopped' || state.reason !== 'operator') return [];
  const since = new Date(state.sinceWallMs).toISOString();
  const why = state.note === undefined ? '' : ` (${state.note})`;
  return [`delivery of source ${id} is stopped by an operator since ${since}${why}: bridge sources resume --source ${id}`];
}

function describe(state: Fault): string {
  const answer = state.status === undefined ? state.code : `${state.status} ${state.code}`;
  const since = new Date(state.sinceWallMs).toISOString();
  switch (state.reason) {
    case 'configuration':
      return `Extole answers ${answer} since ${since}. Check EXTOLE_ACCESS_TOKEN and EXTOLE_BASE_URL; the backlog waits in Kafka, and delivery goes on by itself once a probe succeeds`;
    case 'outage':
      return `calls fail with ${answer} since ${since}; it is tried again by itself`;
    case 'dead-letter-burst':
      return `most events are refused (${answer}) since ${since}. Check the mapping file; nothing more is dead-lettered until a probe succeeds`;
  }
}
