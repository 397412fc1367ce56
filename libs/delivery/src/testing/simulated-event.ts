import { toOffset, type Hash, type HashedSubject, type SubjectKey } from '#segment';
import type { Evaluate, Evaluation, LogRecord, PersonParameter } from '../index.ts';

/** What a simulated event says; the value of its record. */
export interface SimulatedEvent {
  readonly messageId: string;
  readonly partnerKey?: string;
  /** Set on the person after the event. */
  readonly parameters?: readonly PersonParameter[];
  /** It can't be mapped, or is switched off. */
  readonly fate?: 'undeliverable' | 'filtered';
}

const events = new WeakMap<LogRecord, { event: SimulatedEvent; evaluation: Evaluation }>();

/** A record of the events topic. What it says is remembered beside it, so that a run of thousands of worlds parses no JSON. */
export function recordOf(
  offset: number,
  subject: SubjectKey,
  receivedAt: string,
  event: SimulatedEvent,
  type: 'identify' | 'track' = 'track',
): LogRecord {
  const { messageId } = event;
  const value = Buffer.from(JSON.stringify(event));
  const record: LogRecord = { offset: toOffset(offset), subject, type, value, messageId, receivedAt };
  events.set(record, { event, evaluation: evaluationOf(record, event) });
  return record;
}

export function tombstoneOf(offset: number, subject: SubjectKey, receivedAt: string): LogRecord {
  return { offset: toOffset(offset), subject, type: 'delete', value: null, messageId: `m${offset}`, receivedAt };
}

export function eventIn(record: LogRecord): SimulatedEvent {
  const known = events.get(record);
  if (known === undefined) throw new Error('only an event of the simulation says anything');
  return known.event;
}

/** A pure function of the record, as the real one is. */
export const evaluate: Evaluate = (record) => {
  const known = events.get(record);
  if (known === undefined) throw new Error('only an event of the simulation can be evaluated');
  return known.evaluation;
};

function evaluationOf(record: LogRecord, { messageId, partnerKey, parameters, fate }: SimulatedEvent): Evaluation {
  if (fate === 'undeliverable') return { kind: 'undeliverable', code: 'undecodable_record' };
  if (fate === 'filtered') return { kind: 'filtered', reason: 'switched_off' };
  const user = record.subject.slice(5);
  return {
    kind: 'call',
    event: 'thing',
    body: `${record.subject}:${messageId}:${record.offset}`,
    messageKey: fakeHash(`${user}/${messageId}`),
    ...(partnerKey !== undefined && { dedupKey: fakeHash(`${user}#${partnerKey}`) }),
    ...(parameters !== undefined && { parameters }),
  };
}

export function hashSubject(subject: SubjectKey): HashedSubject {
  return fakeHash(subject);
}

const hashes = new Map<string, Hash>();

/** Any injective map of short texts to 32 hex digits will do here; the real one is an HMAC. */
export function fakeHash(text: string): Hash {
  const known = hashes.get(text);
  if (known !== undefined) return known;
  // The digits that differ come first: the tables hash by a key's first word.
  const hash = Buffer.from(text.padEnd(16, '.')).reverse().toString('hex').slice(0, 32) as Hash;
  hashes.set(text, hash);
  return hash;
}
