import { randomUUID } from 'node:crypto';

/** A message as a Segment SDK sends it. */
export type SegmentMessage = Readonly<Record<string, unknown>> & {
  readonly type: 'identify' | 'track' | 'page' | 'screen' | 'group' | 'alias';
};

/** What a door answered. */
export interface DoorAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON; undefined where the body is none. */
  readonly body: unknown;
}

export interface SegmentClientOptions {
  /** The base URL of ingest. */
  readonly url: string;
  readonly writeKey: string;
  readonly deletionKey: string;
}

/** Sends to ingest's doors what Segment's SDKs, and Segment itself, would. */
export class SegmentClient {
  constructor(private readonly options: SegmentClientOptions) {}

  /** One `POST /v1/batch`. Messages without a `messageId` get one, as in an SDK. */
  async sendBatch(messages: readonly SegmentMessage[], extra: Readonly<Record<string, unknown>> = {}): Promise<DoorAnswer> {
    const batch = messages.map((message) => ({ messageId: randomUUID(), timestamp: new Date().toISOString(), ...message }));
    return this.post('/v1/batch', { batch, sentAt: new Date().toISOString(), ...extra });
  }

  async track(
    userId: string,
    event: string,
    properties: Readonly<Record<string, unknown>> = {},
    extra: Readonly<Record<string, unknown>> = {},
  ): Promise<DoorAnswer> {
    return this.post('/v1/track', { messageId: randomUUID(), userId, event, properties, ...extra });
  }

  async identify(
    userId: string,
    traits: Readonly<Record<string, unknown>> = {},
    extra: Readonly<Record<string, unknown>> = {},
  ): Promise<DoorAnswer> {
    return this.post('/v1/identify', { messageId: randomUUID(), userId, traits, ...extra });
  }

  /** Asks for the deletion of a user; the body of the answer is `{deletionId, status}`. */
  async deleteUser(userId: string): Promise<DoorAnswer> {
    return this.post('/v1/delete', { userId }, { authorization: basic(this.options.deletionKey) });
  }

  /** Any door: the write key goes along as Basic credentials unless `headers` say otherwise. */
  async post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<DoorAnswer> {
    const response = await fetch(`${this.options.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: basic(this.options.writeKey), ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parsed(text) };
  }
}

/** The user name of Basic credentials, with the empty password that Segment sends. */
export function basic(user: string): string {
  return `Basic ${Buffer.from(`${user}:`).toString('base64')}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
