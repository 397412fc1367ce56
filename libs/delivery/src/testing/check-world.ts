import type { Offset } from '#segment';
import type { Outcome } from '../index.ts';
import { evaluate, type LedgerEntry, type World } from './world.ts';

/** Every way in which a finished run breaks a promise; empty if it keeps them all. Judged by the ledger and the topics alone. */
export function checkWorld(world: World): string[] {
  if (!world.isDone) world.violate('P2', `not done: committed ${world.committed} of ${world.log.length}`);
  checkOutcomes(world);
  checkOrder(world);
  checkRepeats(world);
  checkDuplicates(world);
  checkErasures(world);
  return world.violations;
}

/** P2: one outcome for each record; several facts about one position only after a change of owner, and the last one counts. */
function checkOutcomes(world: World): void {
  const last = lastOutcomes(world);
  for (const { offset } of world.log) if (!last.has(offset)) world.violate('P2', `offset ${offset} has no outcome`);
  if (world.inDoubtAtCrash.length === 0 && world.outcomes.length !== world.log.length) {
    world.violate('P2', `${world.outcomes.length} outcomes for ${world.log.length} records without any crash`);
  }
}

/** P3: the first application of each event comes in log order within its user. */
function checkOrder(world: World): void {
  const highest = new Map<string, Offset>();
  const started = new Set<Offset>();
  for (const { subject, offset } of world.ledger) {
    if (started.has(offset)) continue;
    started.add(offset);
    if ((highest.get(subject) ?? -1) > offset)
      world.violate('P3', `offset ${offset} called for the first time after ${highest.get(subject)}`);
    highest.set(subject, offset);
  }
}

/** P4: an event that has been answered well is called again only if it was in doubt at a crash, and then byte for byte the same. */
function checkRepeats(world: World): void {
  const answered = new Map<Offset, { entry: LedgerEntry; index: number }>();
  world.ledger.forEach((entry, index) => {
    const before = answered.get(entry.offset);
    if (before !== undefined) {
      if (before.entry.body !== entry.body) world.violate('P4', `offset ${entry.offset} sent with other bytes`);
      const excused = world.inDoubtAtCrash.some(
        ({ offsets, at }) => at > before.index && at <= index && offsets.has(entry.offset),
      );
      // What was answered with a failure is tried again by design (a dead letter too, while its account is stopped; an erasure until it is taken); it may have been
      // applied all the same, and nobody can know.
      const known = before.entry.answered === 'delivered' || (entry.kind === 'call' && before.entry.answered === 'rejected');
      if (known && !excused) world.violate('P4', `offset ${entry.offset} sent again without having been in doubt`);
    }
    answered.set(entry.offset, { entry, index });
  });
}

/** Dedup: two delivered records of one user never share a message id, nor a partner key within one life of the user. */
function checkDuplicates(world: World): void {
  const delivered = [...lastOutcomes(world).values()].filter(({ outcome, type }) => outcome === 'delivered' && type !== 'delete');
  const seen = new Map<string, Offset>();
  for (const { position, subject } of delivered.sort((a, b) => a.position.offset - b.position.offset)) {
    const record = world.log[position.offset];
    const evaluation = record === undefined ? undefined : evaluate(record);
    if (evaluation?.kind !== 'call') continue;
    const life = world.log.filter(
      (r) => r.type === 'delete' && r.subject === record?.subject && r.offset < position.offset,
    ).length;
    for (const key of [evaluation.messageKey, evaluation.dedupKey && `${evaluation.dedupKey}/${life}`]) {
      if (key === undefined) continue;
      const original = seen.get(key);
      if (original !== undefined && !deliveredUnknown(world, original))
        world.violate('dedup', `offset ${position.offset} of ${subject} delivered beside ${original}`);
      seen.set(key, position.offset);
    }
  }
}

/**
 * The repeats that no owner can know of: an event was delivered, in doubt at a change of owner, and for the successor it has ended
 * otherwise (its user was deleted, or an earlier owner's late fact says so), so that it is not sent again and its keys are not known.
 */
function deliveredUnknown(world: World, original: Offset): boolean {
  const endedOtherwise = world.outcomes.some(({ position, outcome }) => position.offset === original && outcome !== 'delivered');
  return endedOtherwise && world.inDoubtAtCrash.some(({ offsets }) => offsets.has(original));
}

/** P5: every deletion is carried out, and its notice stands in the deletions topic. */
function checkErasures(world: World): void {
  for (const record of world.log) {
    if (record.type !== 'delete') continue;
    if (!world.ledger.some(({ kind, offset, applied }) => kind === 'erase' && offset === record.offset && applied)) {
      world.violate('P5', `the deletion at ${record.offset} was not carried out`);
    }
    const { subject } = world.outcomes.find(({ position }) => position.offset === record.offset) ?? {};
    if (!world.deletions.some((notice) => notice.subject === subject && notice.offset >= record.offset)) {
      world.violate('P5', `the deletion at ${record.offset} has no notice`);
    }
  }
}

function lastOutcomes(world: World): Map<Offset, Outcome> {
  return new Map(world.outcomes.map((outcome) => [outcome.position.offset, outcome]));
}
