import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { answerCall, bearerToken, findRoute, type RawCall } from './api.ts';
import type { Answer } from './answer.ts';
import { isApplied, type Fault } from './faults.ts';
import { isJsonObject, parseJson, textOf, type JsonObject, type JsonValue } from './json.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { readBody } from './request-body.ts';
import { respond } from './responder.ts';
import type { Simulation } from './simulation.ts';

/** One call of the Extole API, from its arrival to the last byte of its answer, with its entry in the ledger. */
export class Call {
  private readonly ledger: Ledger;
  private readonly entry: LedgerEntry;
  private readonly match: RawCall['match'];
  private readonly token: string | undefined;
  private user: string | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly simulation: Simulation,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    path: string,
    private readonly query: string,
  ) {
    this.match = findRoute(path);
    this.token = bearerToken(request.headers.authorization);
    // Kept, because a reset replaces the ledger while calls are in flight.
    this.ledger = simulation.ledger;
    this.entry = this.ledger.open({
      at: wallClock(),
      inMs: performance.now(),
      method: request.method ?? '',
      path,
      query,
      route: this.match?.route.path ?? 'unknown',
    });
  }

  run(): void {
    this.simulation.inFlight.begin();
    this.response.once('close', () => this.end());
    readBody(this.request, (body) => this.judge(body));
  }

  private judge(body: Buffer | undefined): void {
    const text = body?.toString('utf8');
    const json = text === undefined ? undefined : parseJson(text);
    this.describe(body, text, json);
    const fault = this.takeFault();
    const applied = isApplied(fault);
    const truth = applied ? this.answer(text, json) : { status: 200, body: '{}' };
    if (applied && truth.status < 300) {
      this.entry.deduplicated = truth.deduplicated ?? false;
      this.ledger.apply(this.entry);
    }
    this.answerLater(truth, fault);
  }

  private describe(body: Buffer | undefined, text: string | undefined, json: JsonValue | undefined): void {
    const { entry, simulation } = this;
    const account = simulation.accounts.withToken(this.token ?? '');
    entry.tokenOk = account !== undefined;
    entry.account = account?.id ?? null;
    entry.bytes = body?.length ?? 0;
    entry.body = text ?? null;
    if (body !== undefined) entry.sha256 = hash('sha256', body);
    const content = isJsonObject(json) ? json : {};
    const named = this.match?.params['event_name'];
    const data = named === undefined && isJsonObject(content['data']) ? content['data'] : content;
    entry.eventName = named ?? textOf(content['event_name']) ?? null;
    entry.partnerUserId = textOf(data['partner_user_id']) ?? this.addressedUser() ?? null;
    entry.partnerEventId = textOf(data['partner_event_id']) ?? null;
    this.user = userOf(entry, data);
    if (this.user !== undefined) entry.overlap = simulation.inFlight.enter(this.user);
  }

  /** The partner_user_id of the person whom the path names. */
  private addressedUser(): string | undefined {
    const personId = this.match?.params['person_id'];
    if (personId === undefined) return undefined;
    const account = this.simulation.accounts.all().find(({ id }) => id === this.entry.account);
    return account?.profiles.withId(personId)?.partnerUserIds.values().next().value;
  }

  private takeFault(): Fault | undefined {
    const { path, eventName, partnerUserId, partnerEventId } = this.entry;
    const fault = this.simulation.faults.take({ path, token: this.token, eventName, partnerUserId, partnerEventId });
    this.entry.fault = fault?.kind ?? null;
    return fault;
  }

  private answer(text: string | undefined, json: JsonValue | undefined): Answer {
    const { headers, method = '' } = this.request;
    const raw: RawCall = {
      method,
      match: this.match,
      query: this.query,
      token: this.token,
      contentType: headers['content-type'],
      text,
      json,
    };
    return answerCall(raw, this.simulation, wallClock());
  }

  private answerLater(truth: Answer, fault: Fault | undefined): void {
    const send = () =>
      respond(this.response, truth, fault, {
        answered: (status) => {
          this.entry.status = status;
        },
        ended: () => this.end(),
      });
    const { latencyMs, jitterMs } = this.simulation.behaviour;
    // A trickle's latency is the time between its bytes.
    const own = fault?.kind === 'trickle' ? undefined : fault?.latencyMs;
    const delay = own ?? latencyMs + Math.random() * jitterMs;
    if (delay <= 0) return send();
    this.timer = setTimeout(send, delay);
  }

  /** Ends the call once: with its last byte, or with its connection. */
  private end(): void {
    clearTimeout(this.timer);
    if (this.entry.outMs !== null) return;
    this.entry.outMs = performance.now();
    if (this.user !== undefined) this.simulation.inFlight.leave(this.user);
    this.simulation.inFlight.end();
    this.ledger.settle(this.entry);
  }
}

/** Milliseconds since the epoch that never run backwards: the wall clock at start, and the monotonic clock since. */
function wallClock(): number {
  return performance.timeOrigin + performance.now();
}

/** Whose call it is, within an account. */
function userOf(entry: LedgerEntry, data: JsonObject): string | undefined {
  if (entry.partnerUserId !== null) return `${entry.account} partner_user_id ${entry.partnerUserId}`;
  const anonymousId = textOf(data['partner_anonymous_id']);
  if (anonymousId !== undefined) return `${entry.account} partner_anonymous_id ${anonymousId}`;
  const email = textOf(data['email']);
  return email === undefined ? undefined : `${entry.account} email ${email}`;
}
