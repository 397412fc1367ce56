import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { isAskedByOwnName, isOfAnotherSite } from '#same-site';
import { jsonAnswer, type Answer } from '../answer.ts';
import { BehaviourError, parseBehaviourChange } from '../behaviour.ts';
import { isJsonObject, parseJson } from '../json.ts';
import type { LedgerEntry, LedgerFilter } from '../ledger.ts';
import type { Profile } from '../profiles.ts';
import { readBody } from '../request-body.ts';
import type { Simulation } from '../simulation.ts';

const PREFIX = '/_control/';
const DEFAULT_LIMIT = 1_000;
const LINES_PER_CHUNK = 500;

export function isControlPath(path: string): boolean {
  return path.startsWith(PREFIX);
}

/** The simulator's own endpoints: what it has seen, and how it is to behave. No token, and in no ledger. */
export function handleControl(
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: string,
): void {
  const foreign = foreignFault(request);
  if (foreign !== undefined) return send(response, jsonAnswer(403, { message: foreign }));
  const name = path.slice(PREFIX.length);
  const search = new URLSearchParams(query);
  if (request.method === 'GET' && name === 'ledger.jsonl') return streamLedger(simulation, response, search);
  readBody(request, (body) => {
    send(response, answerControl(simulation, `${request.method} ${name}`, search, body?.toString() ?? ''));
  });
}

/** These endpoints need no token: a page in somebody's browser must neither read them under a name of its own nor change anything. */
function foreignFault({ method, headers }: IncomingMessage): string | undefined {
  if (!isAskedByOwnName(headers.host, [])) return 'ask by localhost or an IP address';
  return method !== 'GET' && isOfAnotherSite(headers) ? 'this is not for pages of other sites' : undefined;
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(body);
}

function answerControl(simulation: Simulation, endpoint: string, query: URLSearchParams, body: string): Answer {
  switch (endpoint) {
    case 'GET health':
      return jsonAnswer(200, { status: 'ok' });
    case 'GET summary':
      return jsonAnswer(200, summary(simulation));
    case 'GET ledger':
      return ledgerPage(simulation, query);
    case 'GET profiles':
      return profiles(simulation, query);
    case 'GET behaviour':
      return behaviour(simulation);
    case 'POST behaviour':
      return changeBehaviour(simulation, body);
    case 'POST reset':
      simulation.reset();
      return jsonAnswer(200, { status: 'reset' });
    default:
      return jsonAnswer(404, { message: `no control endpoint ${endpoint}` });
  }
}

function summary(simulation: Simulation) {
  const persons = simulation.accounts.all().reduce((sum, account) => sum + account.profiles.size, 0);
  return { ...simulation.ledger.summary(), inFlight: simulation.inFlight.count, profiles: persons };
}

function ledgerPage({ ledger }: Simulation, query: URLSearchParams): Answer {
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  const from = Number(query.get('from') ?? 1);
  if (!isCount(limit) || !isCount(from)) return jsonAnswer(400, { message: 'from and limit must be whole numbers' });
  const entries: LedgerEntry[] = [];
  for (const entry of ledger.from(from, filterOf(query))) {
    if (entries.length === limit) return jsonAnswer(200, { entries, next: entry.seq });
    entries.push(entry);
  }
  return jsonAnswer(200, { entries, next: null });
}

function streamLedger({ ledger }: Simulation, response: ServerResponse, query: URLSearchParams): void {
  const from = Number(query.get('from') ?? 1);
  response.writeHead(200, { 'content-type': 'application/jsonl' });
  Readable.from(ledgerLines(ledger.from(isCount(from) ? from : 1, filterOf(query)))).pipe(response);
}

/** In chunks of many lines, because a chunk costs far more than a line. */
function* ledgerLines(entries: Iterable<LedgerEntry>): Generator<string> {
  let lines: string[] = [];
  for (const entry of entries) {
    lines.push(`${JSON.stringify(entry)}\n`);
    if (lines.length < LINES_PER_CHUNK) continue;
    yield lines.join('');
    lines = [];
  }
  yield lines.join('');
}

function profiles({ accounts }: Simulation, query: URLSearchParams): Answer {
  const partnerUserId = query.get('partner_user_id') ?? undefined;
  const email = query.get('email') ?? undefined;
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  const isSearch = partnerUserId !== undefined || email !== undefined;
  const found = accounts.all().flatMap((account) => {
    const persons = isSearch ? account.personsOf({ partnerUserId, email }) : [...account.profiles.all()];
    return persons.slice(0, limit).map((person) => profileBody(account.id, person));
  });
  return jsonAnswer(200, { profiles: found });
}

function profileBody(account: string, person: Profile) {
  const parameters = [...person.parameters].map(([name, { value, scope }]) => [name, { value, scope }] as const);
  return {
    account,
    personId: person.personId,
    email: person.email ?? null,
    partnerUserIds: [...person.partnerUserIds],
    anonymousIds: [...person.anonymousIds],
    parameters: Object.fromEntries(parameters),
    events: Object.fromEntries(person.events),
    createdAt: new Date(person.createdAt).toISOString(),
  };
}

function behaviour({ behaviour: current, faults }: Simulation): Answer {
  return jsonAnswer(200, { ...current, faults: faults.report() });
}

function changeBehaviour(simulation: Simulation, body: string): Answer {
  const change = parseJson(body);
  if (!isJsonObject(change)) return jsonAnswer(400, { message: 'the body must be a JSON object' });
  try {
    simulation.change(parseBehaviourChange(change));
  } catch (error) {
    if (error instanceof BehaviourError) return jsonAnswer(400, { message: error.message });
    throw error;
  }
  return behaviour(simulation);
}

function filterOf(query: URLSearchParams): LedgerFilter {
  return {
    eventName: query.get('event_name') ?? undefined,
    partnerUserId: query.get('partner_user_id') ?? undefined,
    partnerEventId: query.get('partner_event_id') ?? undefined,
    path: query.get('path') ?? undefined,
  };
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
