import { createHash, createHmac } from 'node:crypto';
import { goodBody } from './good-message.ts';
import {
  basic,
  GOOD,
  PATHS,
  refusedWith,
  signature,
  type AttackedKeys,
  type DoorName,
  type HostileCase,
} from './hostile-case.ts';
import { CANARY } from './json-text.ts';

type Headers = Readonly<Record<string, string>>;

/** Requests that are good but for who sends them: every one is a 401 with the same body, or a 403 for a key of ours that is for another door. */
export function credentialCases(door: DoorName, keys: AttackedKeys): HostileCase[] {
  const body = Buffer.from(goodBody(door));
  const make = (name: string, headers: Headers, status: number): HostileCase => ({
    name: `who: ${name}`,
    door,
    path: PATHS[door],
    headers: { 'content-type': 'application/json', ...headers },
    body,
    expected: status === GOOD[door].status ? GOOD[door] : refusedWith(status),
  });
  const strangers = door === 'webhook' ? strangeSignatures(body, keys) : strangeKeys(doorKey(door, keys));
  return [
    ...strangers.map(([name, headers]) => make(name, headers, 401)),
    ...keysOfOtherDoors(door, keys).map(([name, key]) => make(name, { authorization: basic(key) }, statusOfOtherKey(door))),
    ...(door === 'webhook'
      ? [make('the signature in capitals', { 'x-signature': signature(body, keys.sharedSecret).toUpperCase() }, 200)]
      : []),
  ];
}

/** The tracking doors do not tell a key of another door from an unknown one: whoever probes there holds nothing but a public key. */
function statusOfOtherKey(door: DoorName): number {
  return door === 'partner' || door === 'deletion' ? 403 : 401;
}

function doorKey(door: Exclude<DoorName, 'webhook'>, keys: AttackedKeys): string {
  if (door === 'partner') return keys.extole;
  return door === 'deletion' ? keys.deletion : keys.write;
}

function keysOfOtherDoors(door: DoorName, keys: AttackedKeys): [name: string, key: string][] {
  if (door === 'webhook') return [];
  const own = doorKey(door, keys);
  const all: [string, string][] = [
    ['a write key', keys.write],
    ['an Extole key', keys.extole],
    ['a deletion key', keys.deletion],
  ];
  return all.filter(([, key]) => key !== own);
}

function strangeKeys(key: string): [name: string, headers: Headers][] {
  const encoded = Buffer.from(`${key}:`).toString('base64');
  const named: Record<string, string> = {
    'an unknown key': basic(CANARY),
    'the key without its last character': basic(key.slice(0, -1)),
    'the key without its first character': basic(key.slice(1)),
    'the key and one more': basic(`${key}x`),
    'the key twice': basic(key + key),
    'the key in capitals': basic(key.toUpperCase()),
    'the key and a blank': basic(`${key} `),
    'a blank and the key': basic(` ${key}`),
    'the key and a NUL': basic(`${key}\u0000`),
    'the key and a line feed': basic(`${key}\n`),
    'the key in other letters': basic(key.replace('e', 'е')),
    'the key as a password': `Basic ${Buffer.from(`:${key}`).toString('base64')}`,
    'the key as a password of somebody': `Basic ${Buffer.from(`${CANARY}:${key}`).toString('base64')}`,
    'the hash of the key': basic(createHash('sha256').update(key).digest('hex')),
    'the key in base64 twice': basic(encoded),
    'the key as it is': key,
    'the key as Basic, not encoded': `Basic ${key}`,
    'a Bearer token': `Bearer ${key}`,
    'a Bearer token in base64': `Bearer ${encoded}`,
    'a token': `Token ${encoded}`,
    'a digest': `Digest username="${key}"`,
    'two of them': `Basic ${encoded}, Basic ${encoded}`,
    'Basic without credentials': 'Basic',
    'Basic and blanks': `Basic ${' '.repeat(500)}x`,
    nobody: basic(''),
    'nothing, encoded': 'Basic ====',
    'no base64': 'Basic !!!!',
    'base64 and something': `Basic ${encoded}!`,
    'percent signs': `Basic ${encodeURIComponent('%'.repeat(50))}`,
    'bytes that are no text': `Basic ${Buffer.alloc(48, 0xff).toString('base64')}`,
    'a key of 8 KB': basic(CANARY.repeat(1_000)),
    'an object': basic('{"$ne":null}'),
    'a prototype': basic('__proto__'),
    'a wildcard': basic('*'),
    'an SQL statement': basic("' OR '1'='1"),
  };
  return [
    ['no header', {}],
    ['an empty header', { authorization: '' }],
    ['the key in another header', { 'x-api-key': key, 'x-write-key': key }],
    ['the key in a cookie', { cookie: `key=${key}; writeKey=${key}` }],
    ['the key of a proxy', { 'proxy-authorization': basic(key) }],
    ...Object.entries(named).map(([name, authorization]): [string, Headers] => [name, { authorization }]),
  ];
}

function strangeSignatures(body: Buffer, keys: AttackedKeys): [name: string, headers: Headers][] {
  const good = signature(body, keys.sharedSecret);
  const digest = Buffer.from(good, 'hex');
  const named: Record<string, string> = {
    'a word': CANARY,
    'a digit short': good.slice(0, -1),
    'a digit too many': `${good}0`,
    twice: `${good}${good}`,
    'listed twice': `${good}, ${good}`,
    'one digit wrong': good.slice(0, -1) + (good.endsWith('0') ? '1' : '0'),
    zeros: '0'.repeat(40),
    'forty letters that are no digits': 'z'.repeat(40),
    'in base64': digest.toString('base64'),
    'with its algorithm': `sha1=${good}`,
    'in quotes': `"${good}"`,
    'by SHA-256': signature(body, keys.sharedSecret, 'sha256'),
    'by SHA-256, cut to length': signature(body, keys.sharedSecret, 'sha256').slice(0, 40),
    'by MD5': signature(body, keys.sharedSecret, 'md5'),
    'by a hash without a key': createHash('sha1').update(body).digest('hex'),
    'by a hash of key and body': createHash('sha1').update(keys.sharedSecret).update(body).digest('hex'),
    'with an empty secret': signature(body, ''),
    'with another secret': signature(body, CANARY),
    'with the write key': signature(body, keys.write),
    'with the deletion key': signature(body, keys.deletion),
    'with the Extole key': signature(body, keys.extole),
    'with the secret in capitals': signature(body, keys.sharedSecret.toUpperCase()),
    'over nothing': signature('', keys.sharedSecret),
    'over the body and a line feed': signature(`${body.toString()}\n`, keys.sharedSecret),
    'over the body written otherwise': signature(JSON.stringify(JSON.parse(body.toString()), null, 2), keys.sharedSecret),
    'over the body in an array': signature(`[${body.toString()}]`, keys.sharedSecret),
    'over its own signature': createHmac('sha1', keys.sharedSecret).update(good).digest('hex'),
    'of 8 KB': '0'.repeat(8_000),
  };
  return [
    ['no signature', {}],
    ['the secret as a key', { authorization: basic(keys.sharedSecret) }],
    ['a signature in another header', { 'x-hub-signature': good, signature: good }],
    ...Object.entries(named).map(([name, value]): [string, Headers] => [`a signature ${name}`, { 'x-signature': value }]),
  ];
}
