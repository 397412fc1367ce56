import type { HashedSubject } from '#segment';
import type { LogRecord, Outcome, PersonParameter } from '../index.ts';
import { evaluate, hashSubject } from './simulated-event.ts';
import { nameOf, type LedgerEntry } from './simulated-extole.ts';
import type { SimulatedPartition } from './simulated-partition.ts';
import type { World } from './world.ts';

/** Every way in which a finished run has broken a promise; empty if it kept them all. Judged by the ledger and the topics alone. */
export function checkWorld(world: World): string[] {
  if (!world.isDone) world.watch.violate('P2', `not done: ${world.partitions.map(progressOf).join(', ')}`);
  for (const topics of world.partitions) {
    checkOutcomes(world, topics);
    checkTruth(world, topics);
    checkDuplicates(world, topics);
    checkErasures(world, topics);
  }
  checkOrder(world);
  checkSteps(world);
  checkRepeats(world);
  return world.watch.violations;
}

function progressOf({ partition, committed, events }: SimulatedPartition): string {
  return `committed ${committed} of ${events.length} in partition ${partition}`;
}

/** P2: one outcome for each record; several facts about one position only after a change of owner, and the last one counts. */
function checkOutcomes(world: World, topics: SimulatedPartition): void {
  for (const { offset } of topics.records)
    if (!topics.hasOutcome(offset)) world.watch.violate('P2', `offset ${offset} has no outcome`);
  if (world.inDoubt.length === 0 && topics.replays.all.length === 0 && topics.outcomes.length !== topics.records.length)
    world.watch.violate('P2', `${topics.outcomes.length} outcomes for ${topics.records.length} records and one owner`);
}

/** P2: an outcome says what has happened: nothing is called delivered, a repeat or erased that is not. */
function checkTruth(world: World, topics: SimulatedPartition): void {
  const { partition } = topics;
  for (const { outcome, type, position, detail } of topics.outcomes) {
    const record = topics.events[position.offset];
    if (record === undefined) continue;
    const deletions = topics.tombstonesOf.get(record.subject) ?? [];
    const isTrue = {
      delivered: () =>
        world.extole.wasApplied({ partition, offset: record.offset }) && hasSetItsParameters(world, partition, record),
      erased: () => type !== 'delete' && deletions.some((offset) => offset > record.offset),
      duplicate: () => isRepeat(world, topics, Number(/\d+/.exec(detail ?? '')), record),
      filtered: () =>
        detail === 'suppressed_after_deletion'
          ? world.options.suppression && deletions.some((offset) => offset < record.offset)
          : evaluate(record).kind === 'filtered',
      rejected: () => true,
      stale: () => type === 'identify' && topics.records.some((other) => isNewerProfile(world, partition, other, record)),
      'dead-lettered': () => type !== 'delete',
    };
    if (!isTrue[outcome]()) world.watch.violate('P2', `offset ${record.offset} is said to be ${outcome}`);
  }
}

function isNewerProfile({ extole }: World, partition: number, other: LogRecord, { subject, offset }: LogRecord): boolean {
  const isNewer = other.type === 'identify' && other.subject === subject && other.offset > offset;
  return isNewer && extole.wasApplied({ partition, offset: other.offset });
}

/** Whether one owner has sent the event, and then seen or made every parameter of it as the event says, as PUBLIC. */
function hasSetItsParameters(world: World, partition: number, record: LogRecord): boolean {
  if (record.type !== 'identify') return true;
  const evaluation = evaluate(record);
  if (evaluation.kind !== 'call' || evaluation.parameters === undefined) return true;
  const { parameters } = evaluation;
  const calls = world.extole.ledger.filter(
    (entry) => entry.partition === partition && entry.offset === record.offset && entry.applied,
  );
  return [...new Set(calls.map(({ generation }) => generation))].some((owner) => {
    const own = calls.filter(({ generation }) => generation === owner);
    // A replay may have begun with the event again, and have come less far.
    return own.some(({ step }, index) => {
      if (step?.kind !== 'identify') return false;
      const end = own.findIndex((call, at) => at > index && call.step?.kind === 'identify');
      return areSetBy(parameters, own.slice(index + 1, end < 0 ? undefined : end));
    });
  });
}

function areSetBy(parameters: readonly PersonParameter[], calls: readonly LedgerEntry[]): boolean {
  return parameters.every(({ name, value }) =>
    calls.some(({ step, shown }) => {
      const stored = shown?.get(name);
      if (stored !== undefined) return stored.scope === 'PUBLIC' && stored.value === value;
      return step?.kind === 'write' && step.parameter.name === name && step.parameter.value === value;
    }),
  );
}

/** P3: an identify's steps follow one another, and its event, without a call of the user in between. */
function checkSteps(world: World): void {
  const before = new Map<HashedSubject, LedgerEntry>();
  for (const entry of world.extole.ledger) {
    const last = before.get(entry.subject);
    before.set(entry.subject, entry);
    if (entry.step === undefined || entry.step.kind === 'identify') continue;
    if (last?.offset !== entry.offset || last.generation !== entry.generation)
      world.watch.violate('P3', `offset ${entry.offset} ${entry.step.kind}s parameters after another call of its user`);
  }
}

/** Whether Extole has applied the original, and the record is the same message or has the same partner key in the same life. */
function isRepeat(
  world: World,
  { partition, events, tombstonesOf }: SimulatedPartition,
  original: number,
  record: LogRecord,
): boolean {
  const first = events[original];
  if (first === undefined || first === record || !world.extole.wasApplied({ partition, offset: first.offset })) return false;
  const [one, other] = [evaluate(first), evaluate(record)];
  if (one.kind !== 'call' || other.kind !== 'call') return false;
  if (one.messageKey === other.messageKey) return true;
  const deletions = tombstonesOf.get(record.subject) ?? [];
  const isSameLife = !deletions.some((offset) => offset > first.offset && offset < record.offset);
  return one.dedupKey !== undefined && one.dedupKey === other.dedupKey && isSameLife;
}

/** P3: the first call of each message comes in log order within its user. */
function checkOrder(world: World): void {
  const highest = new Map<HashedSubject, number>();
  const started = new Set<string>();
  for (const entry of world.extole.ledger) {
    const { subject, offset, step } = entry;
    if (step !== undefined && step.kind !== 'identify') continue;
    const names = namesOf(world, entry);
    // A repeat of a message that was in doubt may be sent in its stead.
    const isFirst = !names.some((name) => started.has(name));
    for (const name of names) started.add(name);
    if (!isFirst) continue;
    const before = highest.get(subject) ?? -1;
    if (before > offset) world.watch.violate('P3', `offset ${offset} called for the first time after ${before}`);
    highest.set(subject, offset);
  }
}

/** What the event of a call is known by: its position, and its keys. */
function namesOf(world: World, { partition, offset, kind }: LedgerEntry): string[] {
  const record = world.partitions[partition]?.events[offset];
  const evaluation = kind !== 'erase' && record !== undefined ? evaluate(record) : undefined;
  const keys = evaluation?.kind === 'call' ? [evaluation.messageKey, evaluation.dedupKey] : [];
  return [`${partition}/${offset}`, ...keys.filter((key) => key !== undefined)];
}

/** P4: an event that has been answered well is called again only if it was in doubt at a change of owner, and always byte for byte the same. */
function checkRepeats(world: World): void {
  const calls = new Map<string, { entry: LedgerEntry; index: number }>();
  const redelivered = new Map<string, number>();
  world.extole.ledger.forEach((entry, index) => {
    const key = nameOf(entry);
    const before = calls.get(key);
    calls.set(key, { entry, index });
    if (before === undefined || entry.step?.kind === 'read') return;
    if (before.entry.body !== entry.body && entry.step?.kind !== 'write')
      world.watch.violate('P4', `offset ${entry.offset} sent with other bytes`);
    // What was answered with a failure is tried again by design (a dead letter too, while its account is stopped; an erasure until
    // it is taken); it may have been applied all the same, and nobody can know.
    const { answered, kind } = before.entry;
    if (answered !== 'delivered' && !(kind !== 'erase' && answered === 'rejected')) return;
    const wasInDoubt = world.inDoubt.some(
      ({ partition, offsets, at }) =>
        partition === entry.partition && at > before.index && at <= index && offsets.has(entry.offset),
    );
    if (wasInDoubt) return;
    // Two replays may have taken it as a dead letter at the same time: what the programme refuses to the first it may refuse to the second.
    if (answered === 'rejected' && isReplayed(world, entry)) return;
    // Each redelivery is one more call; it may have waited behind others.
    const asked = world.redeliveries.filter(
      ({ partition, offset, at }) => partition === entry.partition && offset === entry.offset && at <= index,
    ).length;
    const repeats = (redelivered.get(key) ?? 0) + 1;
    redelivered.set(key, repeats);
    if (repeats > asked) world.watch.violate('P4', `offset ${entry.offset} sent again without having been in doubt`);
  });
}

function isReplayed({ partitions }: World, { partition, offset }: LedgerEntry): boolean {
  return partitions[partition]?.replays.all.some((replay) => replay.offset === offset) === true;
}

/** Dedup: two delivered records of one user never share a message id, nor a partner key within one life of the user. */
function checkDuplicates(world: World, topics: SimulatedPartition): void {
  const last = new Map<number, Outcome>(topics.outcomes.map((outcome) => [outcome.position.offset, outcome]));
  const seen = new Map<string, number>();
  for (const record of topics.records) {
    if (record.type === 'delete' || last.get(record.offset)?.outcome !== 'delivered') continue;
    const evaluation = evaluate(record);
    if (evaluation.kind !== 'call') continue;
    const deletions = topics.tombstonesOf.get(record.subject) ?? [];
    const life = deletions.filter((offset) => offset < record.offset).length;
    for (const key of [evaluation.messageKey, evaluation.dedupKey && `${evaluation.dedupKey}/${life}`]) {
      if (key === undefined) continue;
      const original = seen.get(key);
      if (original !== undefined && !isDeliveredUnknown(world, topics, original))
        world.watch.violate('dedup', `offset ${record.offset} delivered beside ${original}`);
      seen.set(key, record.offset);
    }
  }
}

/**
 * The repeats that no owner can know of: an event was delivered, in doubt at a change of owner, and for the successor it has ended
 * otherwise (its user was deleted, or an earlier owner's late fact says so), so that it is not sent again and its keys are not known.
 */
function isDeliveredUnknown(world: World, { partition, outcomes }: SimulatedPartition, original: number): boolean {
  const endedOtherwise = outcomes.some(({ position, outcome }) => position.offset === original && outcome !== 'delivered');
  return endedOtherwise && world.inDoubt.some((doubt) => doubt.partition === partition && doubt.offsets.has(original));
}

/** P5: every deletion is carried out, and its notice (or that of a later one) has stood in the deletions topic. */
function checkErasures(world: World, topics: SimulatedPartition): void {
  const erased = new Set(
    world.extole.ledger
      .filter(({ kind, applied, partition }) => kind === 'erase' && applied && partition === topics.partition)
      .map(({ offset }) => offset),
  );
  for (const { type, offset, subject } of topics.records) {
    if (type !== 'delete') continue;
    if (!erased.has(offset)) world.watch.violate('P5', `the deletion at ${offset} was not carried out`);
    if (topics.announcedDeletion(hashSubject(subject), Infinity) < offset)
      world.watch.violate('P5', `the deletion at ${offset} has no notice`);
  }
}
