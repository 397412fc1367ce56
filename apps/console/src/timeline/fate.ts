import type { Outcome } from '#delivery';
import type { Position } from '#segment';
import type { DeletionBefore, EarlierEvent, Fate, FateKind, SourceState } from '../api/index.ts';

/** What is known about a record beside its outcome; each is found only where the outcome makes it a question. */
export interface FateContext {
  readonly source: string;
  /** Where the live log stands in its partition; undefined if that is not known. */
  readonly frontier: number | undefined;
  /** Users of the partition whose next event waits for another attempt. */
  readonly waiting: number;
  readonly state: SourceState;
  /** The event that a duplicate repeats. */
  readonly original?: EarlierEvent;
  /** The deletion that overtook it. */
  readonly deletion?: DeletionBefore;
  /** Which entry of the mapping filtered it. */
  readonly rule?: string;
}

/** What became of a record and why, in a sentence that names the cause and the next step. Pure. */
export function fateOf(
  position: Position,
  type: 'identify' | 'track' | 'delete',
  outcome: Outcome | undefined,
  context: FateContext,
): Fate {
  const fate = outcome === undefined ? openFate(position, type, context) : endedFate(outcome, context);
  return { ...fate, summary: summaryOf(fate, outcome, context) };
}

function endedFate(outcome: Outcome, { original, deletion, rule }: FateContext): FateKind {
  switch (outcome.outcome) {
    case 'delivered':
      return { kind: outcome.type === 'delete' ? 'erasure-sent' : 'delivered' };
    case 'duplicate':
      return { kind: 'duplicate', of: original ?? null, by: repeatedBy(outcome, original) };
    case 'filtered':
      return { kind: 'filtered', reason: outcome.detail ?? 'unknown', rule: rule ?? null };
    case 'rejected':
      return { kind: 'rejected', code: outcome.code ?? null };
    case 'erased':
      return { kind: 'erased', by: deletion ?? null };
    case 'stale':
      return { kind: 'stale' };
    case 'dead-lettered':
      return { kind: 'dead-lettered', code: outcome.code ?? null };
  }
}

function openFate(position: Position, type: string, { frontier, state }: FateContext): FateKind {
  if (type === 'delete') return { kind: 'erasure-open' };
  if (frontier !== undefined && position.offset < frontier) return { kind: 'unknown' };
  const ahead = frontier === undefined ? 0 : position.offset - frontier;
  if (state.kind === 'unattended') return { kind: 'held', ahead, reason: 'unattended' };
  if (state.kind === 'stopped' && state.reason !== undefined) return { kind: 'held', ahead, reason: state.reason };
  return { kind: 'backlog', ahead };
}

function repeatedBy(outcome: Outcome, original: EarlierEvent | undefined): 'message' | 'partner-key' | null {
  if (original === undefined || original.messageId === null) return null;
  return original.messageId === outcome.messageId ? 'message' : 'partner-key';
}

function summaryOf(fate: FateKind, outcome: Outcome | undefined, context: FateContext): string {
  switch (fate.kind) {
    case 'delivered':
      return `Extole took it${outcome?.run === undefined ? '' : ` in replay ${outcome.run}`}. That it was taken does not mean that a rule of the programme matched: see there`;
    case 'erasure-sent':
      return 'Extole has taken the erasure';
    case 'erasure-open':
      return 'the user is deleted for us: no earlier event of theirs is sent; Extole has not taken the erasure yet, which is tried until it has';
    case 'duplicate':
      return `not sent: it repeats ${earlierText(fate.of)}${fate.by === null ? '' : ` (${KEYS[fate.by]})`}, which Extole has`;
    case 'filtered':
      return `not sent: ${FILTERS[fate.reason] ?? fate.reason}${fate.rule === null ? '' : ` (${fate.rule})`}`;
    case 'rejected':
      return `Extole's programme refused it by its own rules${codeText(fate.code)}: see the programme; nothing is wrong with the delivery`;
    case 'erased':
      return fate.by === null
        ? 'not sent: its user was deleted later in the log'
        : `not sent: its user was deleted later in the log, at ${placeText(fate.by.position)}${timeText(fate.by.requestedAt)} (${fate.by.deletionId})`;
    case 'stale':
      return 'not sent again by the replay: a newer profile of the user was delivered';
    case 'dead-lettered':
      return deadLetterText(fate.code, outcome);
    case 'backlog':
      return backlogText(fate.ahead, context.waiting);
    case 'held':
      return `it waits in the log: ${context.state.why ?? 'nobody delivers'}`;
    case 'unknown':
      return 'the log has passed it, and its outcome is older than the outcomes topic reaches back (DEDUP_WINDOW, or EVENTS_RETENTION if that is longer)';
  }
}

const KEYS = { message: 'the same message id', 'partner-key': "the same partner's key" } as const;

const FILTERS: Readonly<Record<string, string>> = {
  switched_off: 'its sender has switched this destination off in the event’s integrations',
  dropped_by_mapping: 'the mapping drops events of this name',
  dropped_by_default: 'the mapping drops every event that it does not list',
  event_name_missing: 'it is a track without a name',
  suppressed_after_deletion: 'its user was deleted, and the source suppresses deleted users: bridge deletions --lift ends that',
};

function deadLetterText(code: string | null, outcome: Outcome | undefined): string {
  if (code === 'undecodable_record') return 'given up: the record cannot be read, so another program must have written it';
  if (outcome?.status === 400)
    return `given up: Extole says that this request is wrong (400${codeText(code)}): mend the sender or the mapping, then redrive it`;
  return `given up after ${outcome?.attempts ?? 0} attempts${codeText(code)}: once what was wrong is mended, redrive it`;
}

function backlogText(ahead: number, waiting: number): string {
  const place = ahead === 0 ? 'it is next in its partition' : `${count(ahead, 'record')} of its partition before it`;
  const others =
    waiting === 0
      ? ''
      : `; ${count(waiting, 'user')} of the partition with an event that waits for another attempt: it may be one of theirs`;
  return `in the backlog: ${place}${others}`;
}

function earlierText(of: EarlierEvent | null): string {
  return of === null ? 'an earlier event' : `the event at ${placeText(of.position)}`;
}

function placeText({ partition, offset }: { readonly partition: number; readonly offset: number }): string {
  return `${partition}:${offset}`;
}

function timeText(time: string | null): string {
  return time === null ? '' : `, asked for at ${time}`;
}

function codeText(code: string | null): string {
  return code === null ? '' : ` ${code}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
