import type { SourceSettings } from '#config';
import { table } from '../table.ts';
import { SYNTHETIC_EVENT, type SyntheticEvent } from './synthetic-event.ts';
import type { Verification } from './verify-account.ts';

type Failure = Extract<Verification, { failure: unknown }>['failure'];

/** A verification for a human to read: what was sent, whose it became, what came of it, and what to do if nothing did. */
export function renderVerification({ id, extole }: SourceSettings, sent: SyntheticEvent, result: Verification): string {
  const rows = [
    ['source', `${id}, at ${extole.baseUrl}`],
    ['sent', `${sent.event} of the made-up user ${sent.userId}, message ${sent.messageId}`],
  ];
  if (result.kind === 'refused') {
    rows.push(['answer', `${describe(result.failure)} after ${result.tookMs} ms`]);
    return `${table(rows)}\n\nExtole has not taken the event: ${adviceOn(result.failure)}`;
  }
  rows.push(['answer', `${result.status} after ${result.tookMs} ms, event ${result.eventId}`], ['person', result.personId]);
  if (result.kind === 'unclear') {
    rows.push(['steps', `not known: ${describe(result.failure)}`]);
    return `${table(rows)}\n\nExtole has taken the event, but the token may not see what came of it: ${adviceOn(result.failure)}`;
  }
  rows.push(
    ...result.steps.map(({ name, program, campaignId, quality }) => ['matched', textOf({ name, program, campaignId, quality })]),
  );
  if (result.kind === 'matched') return table(rows);
  rows.push(['matched', 'nothing']);
  return `${table(rows)}\n\nExtole has taken the event, but no programme has taken note of it: ${adviceOnNothing(sent)}`;
}

function textOf({ name, program, campaignId, quality }: Record<string, string | undefined>): string {
  const where = [program && `programme ${program}`, campaignId && `campaign ${campaignId}`, quality && `quality ${quality}`];
  return [`step ${name}`, ...where.filter(Boolean)].join(', ');
}

function adviceOnNothing({ event }: SyntheticEvent): string {
  if (event === SYNTHETIC_EVENT) return 'that is right for this name. Give one that a programme listens to with --event.';
  return [
    `it listens to other names than ${event} (compare with bridge explain and the mapping file), its rules do not hold for a made-up user,`,
    'or the user has had such an event before (a registration counts once per user).',
  ].join('\n');
}

function describe({ kind, code, status }: Failure): string {
  return `${status ?? 'no answer'} ${code} (${kind})`;
}

function adviceOn(failure: Failure): string {
  switch (failure.kind) {
    case 'stop':
      return 'a fault of the configuration. Check EXTOLE_ACCESS_TOKEN, its rights, and EXTOLE_BASE_URL.';
    case 'retry':
      return failure.reason === 'throttled'
        ? 'too many requests just now; try again in a minute.'
        : 'it did not answer as it should; try again.';
    case 'rejected':
      return "a programme's own rule refuses it; such events end as rejected.";
    case 'contradicted':
    case 'dead-letter':
      return 'it refuses this event; such events end as dead letters. Check the mapping file.';
  }
}
