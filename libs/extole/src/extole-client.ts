import { Pool } from 'undici';
import type { PersonStep, Verdict } from '#delivery';
import type { Answer, CallKind } from './call.ts';
import { classifyError } from './classify-error.ts';
import { classifyResponse } from './classify-response.ts';
import { bearer, splitBaseUrl, type ExtoleClientOptions } from './client-options.ts';
import { erasureBody, type ErasureRequest } from './erasure-body.ts';
import { OpenCall } from './open-call.ts';
import { personRequest } from './person-request.ts';
import { readSteps, type EventStep } from './read-steps.ts';

/** Bytes of an answer's body that are read (P9): nothing that Extole answers to an event is longer. */
const MAX_BODY_BYTES = 64 * 1024;
/** What a person has under the names that were asked for: each value may be as large as an event. */
const MAX_READ_BYTES = 4 * 1024 * 1024;
/** Node's own servers close an idle connection after 5 s; ours must be the side that closes first, or a call meets a closing socket. */
const KEEP_ALIVE_MS = 4_000;

type Method = 'GET' | 'POST' | 'PUT';

/** What may end a call early. */
export interface CallControl {
  /** Asked right before the first byte is written; a call that may not be sent by then has not been, and its verdict is a retry. */
  readonly maySend?: () => boolean;
}

/**
 * The calls to one Extole account. Every answer, and the absence of one, comes back as a verdict; nothing is thrown for what a network or a server
 * does. It never retries by itself (that is the driver's, who knows the user's order) and never follows a redirect (the token would go with it).
 */
export class ExtoleClient {
  private readonly pool: Pool;
  /** Names and values in turn: made once, used by every call. */
  private readonly headers: Readonly<Record<Method, string[]>>;
  private readonly prefix: string;
  private readonly eventsPath: string;
  private readonly timeoutMs: number;
  private readonly open = new Set<OpenCall>();

  /** @throws ExtoleOptionsError if no call could be made with the options. */
  constructor(options: ExtoleClientOptions) {
    const { origin, prefix } = splitBaseUrl(options.baseUrl);
    const headers = [
      'authorization',
      bearer(options.accessToken),
      'accept',
      'application/json',
      'user-agent',
      'segment-extole-bridge',
    ];
    const withBody = [...headers, 'content-type', 'application/json'];
    this.headers = { GET: headers, POST: withBody, PUT: withBody };
    this.prefix = prefix;
    this.eventsPath = options.mode === 'async' ? '/v6/async-events' : '/v6/events';
    this.timeoutMs = options.timeoutMs;
    this.pool = new Pool(origin, {
      connections: options.connections ?? null,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connect: { timeout: options.timeoutMs },
      // The deadline of the call bounds both.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** Sends an event: `body` is the JSON text of the request, passed on byte for byte, so that every attempt is the same. */
  sendEvent(body: string, control?: CallControl): Promise<Verdict> {
    return this.call('event', 'POST', this.eventsPath, body, control);
  }

  /** The same to the synchronous endpoint, in either mode: a good verdict names the person. */
  sendEventNow(body: string, control?: CallControl): Promise<Verdict> {
    return this.personStep({ kind: 'identify', body }, control);
  }

  /** What an event has led to at Extole so far: the steps of its person that it has caused. Extole may need a moment for them. */
  async stepsOf(personId: string, eventId: string): Promise<{ readonly verdict: Verdict; readonly steps: readonly EventStep[] }> {
    const path = `/v5/persons/${encodeURIComponent(personId)}/steps?event_ids=${encodeURIComponent(eventId)}&limit=100`;
    try {
      const answer = await this.ask('steps', 'GET', path);
      const verdict = classifyResponse(answer, 'steps', Date.now());
      return { verdict, steps: verdict.kind === 'delivered' ? readSteps(answer.body) : [] };
    } catch (error) {
      return { verdict: classifyError(error), steps: [] };
    }
  }

  /** Makes one call of an identify that sets its parameters on the person. */
  personStep(step: PersonStep, control?: CallControl): Promise<Verdict> {
    const { kind, method, path, body } = personRequest(step);
    return this.call(kind, method, path, body, control);
  }

  /** Asks for the erasure of a person; irreversible at Extole. */
  erase(request: ErasureRequest, control?: CallControl): Promise<Verdict> {
    return this.call('erasure', 'POST', '/v4/erasures', erasureBody(request), control);
  }

  /** Whether the access token is good: `delivered` if so, `stop` with the reason if not. Changes nothing at Extole. */
  checkToken(control?: CallControl): Promise<Verdict> {
    return this.call('token', 'GET', '/v4/tokens', undefined, control);
  }

  /**
   * Gives up every call that is under way: each is answered as withdrawn.
   *
   * @returns how many there were
   */
  withdraw(): number {
    const calls = [...this.open];
    for (const call of calls) call.withdraw();
    return calls.length;
  }

  /** Waits for the calls in flight, at most their timeout, and closes the connections. */
  async close(): Promise<void> {
    await this.pool.close();
  }

  private call(kind: CallKind, method: Method, path: string, body?: string, control?: CallControl): Promise<Verdict> {
    return this.ask(kind, method, path, body, control)
      .then((answer) => classifyResponse(answer, kind, Date.now()))
      .catch((error: unknown) => classifyError(error));
  }

  private ask(kind: CallKind, method: Method, path: string, body?: string, { maySend }: CallControl = {}): Promise<Answer> {
    const maxBodyBytes = kind === 'read' || kind === 'steps' ? MAX_READ_BYTES : MAX_BODY_BYTES;
    const call = new OpenCall({ timeoutMs: this.timeoutMs, maxBodyBytes, maySend, ended: this.ended });
    this.open.add(call);
    this.pool.dispatch({ method, path: this.prefix + path, headers: this.headers[method], body: body ?? null }, call);
    return call.answer;
  }

  private readonly ended = (call: OpenCall): void => void this.open.delete(call);
}
