import { PartitionState, SourceDelivery } from '#delivery';
import { decodeLogRecord, decodeOutcome, encodeEvent, encodeOutcome } from '#event-log';
import { compileMapping, createEvaluate, mapEvent } from '#mapping';
import { parseMessage, SubjectHasher } from '#segment';
import { SUBJECT_HASH_KEY } from '../lib/apps.mjs';
import { backlog } from '../lib/events.mjs';
import { markdownTable, whole } from '../lib/format.mjs';
import { median } from '../lib/statistics.mjs';

const SAMPLES = 9;
const BATCH = 2_000;
const DAY_MS = 86_400_000;
const WINDOWS = { dedupMs: 30 * DAY_MS, deletionsMs: 60 * DAY_MS };
const APPENDED_AT = Date.parse('2026-01-01T00:00:02Z');
const LIMITS = {
  maxHeldBytes: 16 * 1024 ** 2,
  maxLead: 10_000_000,
  maxUnwrittenOutcomes: 20_000,
  maxAttemptAgeMs: 900_000,
  deletionLagBoundMs: 5_000,
};

/** The functions that every event goes through, alone and warm: so that a regression is seen where it is. */
export const functions = {
  id: 'functions',
  title: 'Hot functions',
  async run({ scale, progress }) {
    const results = [];
    for (const { name, perCall, run } of candidates()) {
      results.push(await progress.step(name, async () => ({ name, ...time(run, perCall, scale.functionMs) })));
    }
    return { results };
  },
  report({ results }) {
    const rows = results.map(({ name, medianNs, leastNs }) => [name, whole(medianNs), whole(leastNs)]);
    return `Per event, ${SAMPLES} samples after a warm-up.\n\n${markdownTable(['', 'ns, median', 'ns, least'], rows)}`;
  },
};

/** @param perCall how many events one call of `run` is about */
function time(run, perCall, budgetMs) {
  const sampleMs = budgetMs / SAMPLES;
  for (const start = performance.now(); performance.now() - start < budgetMs;) run();
  const samples = Array.from({ length: SAMPLES }, () => {
    let calls = 0;
    const start = performance.now();
    do {
      run();
      calls++;
    } while (performance.now() - start < sampleMs);
    return ((performance.now() - start) * 1e6) / (calls * perCall);
  });
  return { medianNs: median(samples), leastNs: Math.min(...samples) };
}

function candidates() {
  const events = [...backlog({ total: BATCH, users: 500 })];
  const hasher = new SubjectHasher(SUBJECT_HASH_KEY, 'default');
  const mapping = compileMapping(undefined);
  const evaluate = createEvaluate(mapping, hasher);
  const context = {
    source: 'default',
    receivedAt: Date.parse('2026-01-01T00:00:01Z'),
    casing: 'exact',
    clock: 'sender',
    mayDelete: false,
  };
  const raw = events;
  const encoded = events.map((event) => encodeEvent(event, event.userId));
  const messages = encoded.map(({ key, value, headers }, offset) => asFetched(key, value, headers, offset));
  const records = messages.map((message) => decodeLogRecord(message));
  const outcomes = endAll(records, evaluate, hasher);
  const outcomeMessages = outcomes.map((outcome, offset) => {
    const { key, value, headers } = encodeOutcome(outcome);
    return asFetched(key, value, headers, offset);
  });
  const each = (items, act) => () => {
    for (const item of items) act(item);
  };
  return [
    { name: 'ingest: parse and validate a message (parseMessage)', run: each(raw, (message) => parseMessage(message, context)) },
    { name: 'ingest: encode an event (encodeEvent)', run: each(events, (event) => encodeEvent(event, event.userId)) },
    { name: 'forwarder: decode a record (decodeLogRecord)', run: each(messages, decodeLogRecord) },
    { name: 'forwarder: parse, map and hash (evaluate)', run: each(records, evaluate) },
    { name: 'of that, map to the request (mapEvent)', run: each(events, (event) => mapEvent(mapping, event)) },
    { name: 'of that, one hash (SubjectHasher)', run: each(events, ({ userId }) => hasher.subject(userId)) },
    { name: 'forwarder: lane cycle, arrival to frontier (evaluation included)', run: () => endAll(records, evaluate, hasher) },
    { name: 'of that, encode an outcome (encodeOutcome)', run: each(outcomes, encodeOutcome) },
    { name: 'restore: decode an outcome (decodeOutcome)', run: each(outcomeMessages, decodeOutcome) },
    {
      name: 'restore: apply an outcome (frontier, seen keys)',
      run: () => {
        const state = new PartitionState(0, WINDOWS);
        for (const outcome of outcomes) state.applyOutcome(outcome, APPENDED_AT);
      },
    },
  ].map((candidate) => ({ perCall: BATCH, ...candidate }));
}

function asFetched(key, value, headers, offset) {
  const buffers = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]);
  return { key: Buffer.from(key), value, headers: Object.fromEntries(buffers), offset: String(offset), timestamp: '0' };
}

/** Takes records through the core to their last outcome, with a destination and a Kafka that answer at once; returns the outcomes. */
function endAll(records, evaluate, hasher) {
  const now = { monotonicMs: 1_000, wallMs: APPENDED_AT };
  const delivery = new SourceDelivery({ partitionCount: 1, events: { maxConcurrency: 128 }, erasures: { maxConcurrency: 4 } });
  const driver = delivery.own({
    partition: 0,
    generation: 1,
    state: new PartitionState(0, WINDOWS),
    evaluate,
    hashSubject: (subject) => hasher.subject(subject),
    mappingVersion: 'default',
    limits: LIMITS,
    random: Math.random,
  });
  delivery.renewLease(Number.MAX_SAFE_INTEGER);
  driver.deletionsProven(1_000);
  driver.recordsArrived({ from: 0, records, next: records.length }, now);
  const outcomes = [];
  for (;;) {
    delivery.pump(now);
    const decisions = delivery.takeDecisions();
    if (decisions.length === 0) return outcomes;
    for (const decision of decisions) {
      if (decision.kind === 'call')
        delivery.callFinished(decision.ticket, 'call', { kind: 'delivered', status: 200, extoleId: '1' }, now);
      else if (decision.kind === 'write-outcome') {
        outcomes.push(decision.outcome);
        delivery.outcomeWritten(decision, { offset: driver.state.outcomesNext, appendedAt: now.wallMs });
      }
    }
  }
}
