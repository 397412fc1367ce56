import {
  OutcomeIndex,
  PartitionState,
  SourceDelivery,
  type Decision,
  type Evaluation,
  type Now,
  type PartitionDriver,
  type ReplayCounts,
  type ReplayRange,
  type ReplayRequest,
  type ReplayResult,
} from '#delivery';
import { deletionsRetentionMs, readDeletions, readOutcomes, ReplaySelection } from '#event-log';
import { compileMapping, createEvaluate } from '#mapping';
import { nextOffset, toOffset, type Offset } from '#segment';
import type { LogAccess } from '../log-access.ts';
import { sumOf } from './replay-book.ts';

const EXAMPLES_PER_RESULT = 3;
/** A rehearsal answers its own calls at once, so that nothing but memory bounds how many there are. */
const CONCURRENCY = 1_000;
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

export interface RehearsedExample {
  readonly result: ReplayResult;
  readonly partition: number;
  readonly offset: Offset;
  readonly type: string;
  /** The mapped event name, where it came to be known. */
  readonly event?: string | undefined;
}

export interface Rehearsal {
  /** What would become of the records, were Extole to take every call. */
  readonly results: ReplayCounts;
  readonly examples: readonly RehearsedExample[];
}

/**
 * What a replay would do now, found out by doing it with the forwarder's own decisions on the state of now, but for the calls, which are
 * taken as delivered. Calls nobody, writes nothing. Partition after partition, so that one state at a time is in memory.
 *
 * Rejects if the signal aborts.
 */
export async function rehearse(
  log: LogAccess,
  request: ReplayRequest,
  scanned: (offsets: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<Rehearsal> {
  let results: ReplayCounts = {};
  const examples: RehearsedExample[] = [];
  for (const range of request.ranges) {
    const partition = new PartitionRehearsal(log, request, range);
    await partition.carryOut(scanned, signal);
    results = sumOf(results, partition.results);
    examples.push(...partition.examples);
  }
  const seen: Partial<Record<ReplayResult, number>> = {};
  const few = examples.filter(({ result }) => (seen[result] = (seen[result] ?? 0) + 1) <= EXAMPLES_PER_RESULT);
  return { results, examples: few };
}

class PartitionRehearsal {
  readonly examples: RehearsedExample[] = [];
  private readonly counts: Partial<Record<ReplayResult, number>> = {};
  private readonly delivery = new SourceDelivery({
    partitionCount: 1,
    events: { maxConcurrency: CONCURRENCY },
    erasures: { maxConcurrency: 1 },
  });
  private readonly now: Now = { monotonicMs: 0, wallMs: Date.now() };
  /** Of records in hand: what an example says about them. */
  private readonly inHand = new Map<Offset, { readonly type: string; event?: string | undefined }>();

  constructor(
    private readonly log: LogAccess,
    private readonly request: ReplayRequest,
    private readonly range: ReplayRange,
  ) {}

  get results(): ReplayCounts {
    return this.counts;
  }

  async carryOut(scanned: (offsets: number) => void, signal: AbortSignal | undefined): Promise<void> {
    const { reader, topics, hasher, settings } = this.log;
    const { partition, from, to } = this.range;
    const outcomes = new OutcomeIndex(from, to, this.request.filter);
    const driver = this.own(await this.readState(outcomes, signal));
    const selection = new ReplaySelection({ request: this.request, hasher, dedupWindowMs: settings.topics.dedupWindowMs });
    let next = from;
    while (next < to) {
      const batch = await reader.fetch(topics.events, partition, next, signal);
      for (const message of batch.records) {
        const offset = toOffset(message.offset);
        if (offset >= to) break;
        const choice = selection.choose(message, outcomes.get(offset), this.now.wallMs);
        if (choice.kind === 'ignored') continue;
        this.inHand.set(offset, { type: choice.kind === 'replayed' ? choice.record.type : 'event' });
        if (choice.kind === 'ended') this.ended(offset, choice.result);
        else driver.recordReplayed(choice.record, choice.tag, this.now);
      }
      this.settle();
      const end = toOffset(Math.min(to, Math.max(batch.nextOffset, nextOffset(next))));
      scanned(end - next);
      next = end;
    }
  }

  private async readState(outcomes: OutcomeIndex, signal: AbortSignal | undefined): Promise<PartitionState> {
    const { topics, settings } = this.log;
    const by = { ...this.log.by, ...(signal !== undefined && { signal }) };
    const { partition, to } = this.range;
    const windows = { dedupMs: settings.topics.dedupWindowMs, deletionsMs: deletionsRetentionMs(settings.topics) };
    const state = new PartitionState(to, windows);
    await readOutcomes(by, { topics, partition }, toOffset(0), (outcome, appendedAt) => {
      state.applyOutcome(outcome, appendedAt);
      outcomes.add(outcome);
    });
    await readDeletions(by, { topic: topics.deletions, partition }, toOffset(0), (notice, appendedAt) =>
      state.applyDeletion(notice, appendedAt),
    );
    state.expire();
    return state;
  }

  private own(state: PartitionState): PartitionDriver {
    const { source, hasher } = this.log;
    const { labels } = source.extole;
    const mapping = compileMapping(source.mapping, labels === undefined ? {} : { labels });
    const evaluate = createEvaluate(mapping, hasher);
    const driver = this.delivery.own({
      partition: this.range.partition,
      generation: 1,
      state,
      evaluate: (record) => asOneCall(evaluate(record)),
      hashSubject: (subject) => hasher.subject(subject),
      mappingVersion: mapping.version,
      afterDeletion: source.afterDeletion,
      limits: {
        maxHeldBytes: UNBOUNDED,
        maxLead: UNBOUNDED,
        maxUnwrittenOutcomes: UNBOUNDED,
        maxAttemptAgeMs: UNBOUNDED,
        deletionLagBoundMs: UNBOUNDED,
      },
      random: () => 0,
    });
    driver.deletionsProven(this.now.monotonicMs);
    this.delivery.renewLease(Infinity);
    return driver;
  }

  /** Decides and performs until nothing is left: what was handed over has ended then. */
  private settle(): void {
    for (;;) {
      const { more } = this.delivery.pump(this.now);
      const decisions = this.delivery.takeDecisions();
      decisions.forEach((decision) => this.perform(decision));
      if (decisions.length === 0 && !more) return;
    }
  }

  private perform(decision: Decision): void {
    switch (decision.kind) {
      case 'call':
        this.delivery.callFinished(decision.ticket, 'call', { kind: 'delivered', status: 200 }, this.now);
        return;
      case 'write-outcome': {
        const known = this.inHand.get(decision.outcome.position.offset);
        if (known !== undefined) known.event = decision.outcome.event;
        this.delivery.outcomeWritten(decision, { appendedAt: this.now.wallMs });
        return;
      }
      case 'replay-ended':
        this.ended(decision.offset, decision.result);
        return;
      case 'invariant-broken':
        throw new Error(`the rehearsal has broken an invariant of delivery: ${decision.invariant} at offset ${decision.offset}`);
      case 'withdraw-calls':
      case 'erase':
      case 'person':
      case 'announce-deletion':
      case 'pause':
      case 'resume':
        return;
    }
  }

  private ended(offset: Offset, result: ReplayResult): void {
    this.counts[result] = (this.counts[result] ?? 0) + 1;
    const known = this.inHand.get(offset);
    this.inHand.delete(offset);
    if ((this.counts[result] ?? 0) > EXAMPLES_PER_RESULT || known === undefined) return;
    this.examples.push({ result, partition: this.range.partition, offset, ...known });
  }
}

/** That an identify takes several calls changes nothing about how it would end. */
function asOneCall(evaluation: Evaluation): Evaluation {
  if (evaluation.kind !== 'call') return evaluation;
  const { kind, event, body, messageKey, dedupKey } = evaluation;
  return { kind, event, body, messageKey, ...(dedupKey !== undefined && { dedupKey }) };
}
