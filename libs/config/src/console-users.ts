import { createHash } from 'node:crypto';
import { isOperatorName, OPERATOR_NAME_EXPECTED } from '#segment';
import type { FaultList } from './config-error.ts';
import { CONSOLE_ROLES, type ConsoleRole, type ConsoleUser } from './model.ts';
import { readTextFile } from './read-text-file.ts';

/** Who is known by no line of the file: who has `CONSOLE_TOKEN`, and whoever sits at this machine where there is no token. */
export const UNNAMED_OPERATORS = { byToken: 'console-token', local: 'localhost' } as const;

const PREFIX = 'bridge_';
const TOKEN_BYTES = 32;
const TOKEN = /^bridge_[A-Za-z0-9_-]{43}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** In place of a digest: the proxy alone signs them in. */
const BY_PROXY = 'proxy';

/**
 * A token of a named operator. It is random and 256 bits long, so that its digest tells nothing of it, however fast a digest is made
 * (docs/adr/0022); {@link isUserToken} refuses what a human has made up.
 *
 * @param random as many random bytes as asked for
 */
export function newUserToken(random: (bytes: number) => Buffer): string {
  return PREFIX + random(TOKEN_BYTES).toString('base64url');
}

export function isUserToken(token: string): boolean {
  return TOKEN.test(token);
}

/** As the file holds it, and as it is compared. */
export function digestOfToken(token: string): string {
  return `sha256:${createHash('sha256').update(token).digest('hex')}`;
}

/** A line of the file. Without a token: for somebody whom the proxy signs in. */
export function consoleUserLine(name: string, roles: readonly ConsoleRole[], token?: string): string {
  return `${name} ${roles.join(',')} ${token === undefined ? BY_PROXY : digestOfToken(token)}`;
}

/** The roles of a comma list, `look` among them in any case; undefined if one of them is none. */
export function parseRoles(text: string): ConsoleRole[] | undefined {
  const named = text.split(',');
  if (!named.every((one) => (CONSOLE_ROLES as readonly string[]).includes(one))) return undefined;
  return CONSOLE_ROLES.filter((role) => role === 'look' || named.includes(role));
}

/** Reads `CONSOLE_USERS_FILE`: a line each, `name roles sha256:…`; empty lines and those that begin with # say nothing. */
export function readConsoleUsers(path: string, faults: FaultList): ConsoleUser[] {
  const text = readTextFile(path);
  if (text === undefined) {
    faults.add('CONSOLE_USERS_FILE', 'expected the path of a readable file');
    return [];
  }
  const users: ConsoleUser[] = [];
  let isEmpty = true;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    isEmpty = false;
    const read = readLine(line, users);
    if (typeof read === 'string') faults.add(`CONSOLE_USERS_FILE, line ${index + 1}`, read);
    else users.push(read);
  }
  if (isEmpty) faults.add('CONSOLE_USERS_FILE', 'names nobody: make a line with bridge console user NAME');
  return users;
}

/** @returns what is expected of a line that is none */
function readLine(line: string, before: readonly ConsoleUser[]): ConsoleUser | string {
  const [name = '', list = '', secret = '', ...rest] = line.trim().split(/\s+/);
  if (secret === '' || rest.length > 0)
    return 'expected a name, roles and the digest of a token: bridge console user NAME makes it';
  if (!isOperatorName(name)) return `expected a name first: ${OPERATOR_NAME_EXPECTED}`;
  if (Object.values<string>(UNNAMED_OPERATORS).includes(name)) return 'expected another name: this one says that nobody is named';
  const roles = parseRoles(list);
  if (roles === undefined) return `expected roles second: one or several of ${CONSOLE_ROLES.join(', ')}, with commas between`;
  if (secret !== BY_PROXY && !DIGEST.test(secret)) return 'expected sha256: and 64 hex digits third, or the word proxy';
  const tokenDigest = secret === BY_PROXY ? undefined : secret;
  if (before.some((user) => user.name === name)) return 'expected a name that no other line has';
  if (tokenDigest !== undefined && before.some((user) => user.tokenDigest === tokenDigest))
    return 'expected a token that no other line has: records are to say who';
  return { name, roles, ...(tokenDigest !== undefined && { tokenDigest }) };
}
