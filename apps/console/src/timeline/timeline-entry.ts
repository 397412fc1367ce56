import type { LogRecord, Outcome } from '#delivery';
import { explainMapping } from '#mapping';
import { toOffset, type Position } from '#segment';
import type { EarlierEvent, PartitionOverview, SourceState, TimelineEntry } from '../api/index.ts';
import type { ConsoleSource } from '../console-source.ts';
import { decodeEvent } from './decode-event.ts';
import { deletionAfter } from './deletion-search.ts';
import { fateOf, type FateContext } from './fate.ts';
import { keyOf, type LogView } from './log-view.ts';

/** What the log says of a position: its outcome, its record, or both. */
export interface KnownRecord {
  readonly position: Position;
  readonly outcome: Outcome | undefined;
  /** Undefined also where it was not read. */
  readonly record: LogRecord | undefined;
  readonly inLog: boolean;
}

/** How the source stands now, which is why what waits does. */
export interface SourceNow {
  readonly state: SourceState;
  readonly partitions: readonly PartitionOverview[];
}

/** What a record was and what became of it; what that takes besides (the original of a duplicate, the deletion) is read from the log. */
export async function entryOf(source: ConsoleSource, view: LogView, now: SourceNow, known: KnownRecord): Promise<TimelineEntry> {
  const { position, outcome, record, inLog } = known;
  const type = outcome?.type ?? record?.type ?? 'track';
  const event = record === undefined ? undefined : decodeEvent(record)?.event;
  const receivedAt = record?.receivedAt ?? receivedAtOf(outcome);
  return {
    source: source.id,
    position,
    type,
    messageId: outcome?.messageId ?? record?.messageId ?? '',
    subject: outcome?.subject ?? (record === undefined ? '' : view.subjectOf(record)),
    ...(event !== undefined && { event }),
    ...(outcome?.event !== undefined && { mappedEvent: outcome.event }),
    ...(receivedAt !== undefined && { receivedAt }),
    inLog,
    fate: fateOf(position, type, outcome, await contextOf(source, view, now, known)),
    ...(outcome !== undefined && { outcome: factsOf(outcome) }),
  };
}

async function contextOf(
  source: ConsoleSource,
  view: LogView,
  now: SourceNow,
  { position, outcome, record }: KnownRecord,
): Promise<FateContext> {
  const row = now.partitions.find(({ partition }) => partition === position.partition);
  const original = outcome?.outcome === 'duplicate' ? await originalOf(view, outcome) : undefined;
  const deletion = outcome?.outcome === 'erased' ? await deletionAfter(source, view, outcome.subject, position) : undefined;
  const rule = outcome?.outcome === 'filtered' ? ruleOf(source, outcome, record) : undefined;
  return {
    source: source.id,
    frontier: row?.frontier,
    waiting: row?.waiting ?? 0,
    state: now.state,
    ...(original !== undefined && { original }),
    ...(deletion !== undefined && { deletion }),
    ...(rule !== undefined && { rule }),
  };
}

/** The outcome of the event that a duplicate repeats: in the same partition, since it is the same user's. */
async function originalOf(view: LogView, duplicate: Outcome): Promise<EarlierEvent | undefined> {
  const match = /^of offset (\d{1,15})$/.exec(duplicate.detail ?? '');
  if (match === null) return undefined;
  const position = { partition: duplicate.position.partition, offset: toOffset(Number(match[1])) };
  const outcome = (await view.outcomesOf([position])).get(keyOf(position));
  return { position, messageId: outcome?.messageId ?? null, outcome: outcome?.outcome ?? null, at: outcome?.at ?? null };
}

/** Which entry of the mapping (or of the event) filters it, by the mapping of now. */
function ruleOf(source: ConsoleSource, { detail }: Outcome, record: LogRecord | undefined): string | undefined {
  if (detail === 'switched_off') return 'integrations';
  if (detail === 'suppressed_after_deletion') return 'afterDeletion: suppress';
  const event = record === undefined ? undefined : decodeEvent(record);
  return event === undefined ? undefined : explainMapping(source.mapping, event).decidedBy;
}

function receivedAtOf(outcome: Outcome | undefined): string | undefined {
  if (outcome === undefined || outcome.latencyMs <= 0 || outcome.run !== undefined) return undefined;
  return new Date(Date.parse(outcome.at) - outcome.latencyMs).toISOString();
}

function factsOf({
  outcome,
  at,
  attempts,
  status,
  code,
  extoleId,
  detail,
  mappingVersion,
  latencyMs,
  run,
}: Outcome): NonNullable<TimelineEntry['outcome']> {
  return {
    outcome,
    at,
    attempts,
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(extoleId !== undefined && { extoleId }),
    ...(detail !== undefined && { detail }),
    mappingVersion,
    latencyMs,
    ...(run !== undefined && { run }),
  };
}
