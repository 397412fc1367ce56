import { createHmac } from 'node:crypto';

export const DOORS = ['tracking', 'batch', 'partner', 'webhook', 'deletion'] as const;
export type DoorName = (typeof DOORS)[number];

/** The credentials of the ingest under attack. */
export interface AttackedKeys {
  readonly write: string;
  readonly extole: string;
  readonly deletion: string;
  readonly sharedSecret: string;
}

export interface HostileCase {
  readonly name: string;
  readonly door: DoorName;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly expected: Expected;
}

export interface Expected {
  readonly status: number;
  /** Records that the case puts into the log. */
  readonly records: number;
}

export const PATHS: Readonly<Record<DoorName, string>> = {
  tracking: '/v1/track',
  batch: '/v1/batch',
  partner: '/segment',
  webhook: '/webhooks/segment',
  deletion: '/v1/delete',
};

/** What a good request of the door is answered with, and how many records it is in the log. */
export const GOOD: Readonly<Record<DoorName, Expected>> = {
  tracking: { status: 200, records: 1 },
  batch: { status: 200, records: 1 },
  partner: { status: 202, records: 1 },
  webhook: { status: 200, records: 1 },
  deletion: { status: 202, records: 2 },
};

export function refusedWith(status: number): Expected {
  return { status, records: 0 };
}

/** The door's good credentials; `signedText` is what a webhook's signature is over: the body before compression. */
export function credentials(door: DoorName, keys: AttackedKeys, signedText: Buffer): Record<string, string> {
  switch (door) {
    case 'tracking':
    case 'batch':
      return { authorization: basic(keys.write) };
    case 'partner':
      return { authorization: basic(keys.extole) };
    case 'deletion':
      return { authorization: basic(keys.deletion) };
    case 'webhook':
      return { 'x-signature': signature(signedText, keys.sharedSecret) };
  }
}

export function basic(userName: string): string {
  return `Basic ${Buffer.from(`${userName}:`).toString('base64')}`;
}

export function signature(body: Buffer | string, secret: string, algorithm = 'sha1'): string {
  return createHmac(algorithm, secret).update(body).digest('hex');
}

/** A request with good credentials and JSON as its type. */
export function hostileCase(
  door: DoorName,
  keys: AttackedKeys,
  { name, body, expected }: { name: string; body: string | Buffer; expected: Expected },
): HostileCase {
  const bytes = Buffer.from(body);
  const headers = { 'content-type': 'application/json', ...credentials(door, keys, bytes) };
  return { name, door, path: PATHS[door], headers, body: bytes, expected };
}
