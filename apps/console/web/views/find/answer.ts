import type { FateKind, TimelineEntry } from '../../../src/api/index.ts';
import type { Tone } from '../../ui/badge.tsx';
import { sentence } from '../../ui/format.ts';

/** What one is told first about an event. */
export interface Answer {
  readonly tone: Tone;
  /** In two or three words. */
  readonly verdict: string;
  /** In one plain sentence: whether it reached Extole, and why not. */
  readonly sentence: string;
  /** What else one should know of it. */
  readonly note?: string;
}

interface Kind {
  readonly tone: Tone;
  readonly verdict: string;
  /** What the event does, as the sentence's verb; the cause follows. */
  readonly verb: string;
}

const KINDS: Readonly<Record<FateKind['kind'], Kind>> = {
  delivered: { tone: 'good', verdict: 'Delivered', verb: 'reached Extole' },
  duplicate: { tone: 'idle', verdict: 'Not sent: duplicate', verb: 'was not sent' },
  filtered: { tone: 'idle', verdict: 'Not sent: filtered', verb: 'was not sent' },
  rejected: { tone: 'bad', verdict: 'Refused by the programme', verb: 'did not count' },
  erased: { tone: 'idle', verdict: 'Not sent: user deleted', verb: 'was not sent' },
  stale: { tone: 'idle', verdict: 'Not sent: outdated', verb: 'was not sent again' },
  'dead-lettered': { tone: 'bad', verdict: 'Not delivered: dead letter', verb: 'was given up' },
  'erasure-sent': { tone: 'good', verdict: 'Erased at Extole', verb: 'is done' },
  'erasure-open': { tone: 'warn', verdict: 'Erasure under way', verb: 'is under way' },
  backlog: { tone: 'warn', verdict: 'Not sent yet: in the backlog', verb: 'waits in the backlog' },
  held: { tone: 'bad', verdict: 'Not sent yet: source stopped', verb: 'waits in the log' },
  unknown: { tone: 'idle', verdict: 'Cannot be told', verb: 'may or may not have reached Extole' },
};

export function answerOf(entry: TimelineEntry): Answer {
  const { tone, verdict, verb } = KINDS[entry.fate.kind];
  if (entry.fate.kind === 'delivered') {
    const note = entry.fate.summary.split('. ').slice(1).join('. ');
    return { tone, verdict, sentence: `This ${nounOf(entry)} ${verb}.`, ...(note !== '' && { note: sentence(note) }) };
  }
  return { tone, verdict, sentence: sentence(`This ${nounOf(entry)} ${endOf(entry.fate.summary, verb)}`) };
}

/** What it is called in a sentence: `conversion`, `event “Order Completed”`, `profile update`, `deletion`. */
export function nounOf({ type, event, mappedEvent }: TimelineEntry): string {
  if (type === 'delete') return 'deletion';
  if (type === 'identify') return 'profile update';
  const name = mappedEvent ?? event;
  if (name === undefined) return 'event';
  return /^[a-z]+$/.test(name) ? name : `event “${name}”`;
}

/** Its name in a list. */
export function titleOf({ type, event, mappedEvent }: TimelineEntry): string {
  if (type !== 'track') return type === 'delete' ? 'Deletion' : 'Identify';
  return event ?? mappedEvent ?? 'Track';
}

/** The server's phrase, as the end of a sentence that has its subject. It may begin with the verb itself. */
function endOf(summary: string, verb: string): string {
  if (/^(not sent|given up)/.test(summary)) return `was ${summary}`;
  return `${verb}: ${summary.replace(/^(in the backlog|it waits in the log): /, '')}`;
}
