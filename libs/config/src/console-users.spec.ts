import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '../../../test/support/temp-folder.ts';
import { isInAddressList, parseAddressList } from './address-list.ts';
import { consoleUserLine, digestOfToken, isUserToken, newUserToken } from './console-users.ts';
import { loadConsoleSettings } from './load-settings.ts';
import { faultsOf, MINIMAL } from './testing/faults-of.ts';

const token = newUserToken((bytes) => Buffer.alloc(bytes, 7));
const PROXY = { CONSOLE_TRUSTED_USER_HEADER: 'X-Forwarded-User', CONSOLE_TRUSTED_PROXY: '10.0.0.7' };

function file(...lines: string[]): { CONSOLE_USERS_FILE: string } {
  const path = join(tempFolder('users'), 'users');
  writeFileSync(path, lines.join('\n'));
  return { CONSOLE_USERS_FILE: path };
}

describe('the file of the console’s operators', () => {
  it('names them with what they may do, and whom the proxy signs in without a token', () => {
    const env = { ...MINIMAL, ...PROXY, ...file('# ours', '', consoleUserLine('anna', ['operate'], token), ' ben\tlook  proxy') };
    expect(loadConsoleSettings({ ...env, CONSOLE_HOST: '0.0.0.0' }).users).toEqual([
      { name: 'anna', roles: ['look', 'operate'], tokenDigest: digestOfToken(token) },
      { name: 'ben', roles: ['look'] },
    ]);
  });

  it('holds nothing by which one could sign in', () => {
    expect(isUserToken(token)).toBe(true);
    expect(consoleUserLine('anna', ['look'], token)).not.toContain(token.slice(7));
    expect(isUserToken(digestOfToken(token))).toBe(false);
  });

  it.each([
    ['anna', 'expected a name, roles and the digest'],
    [`anna all ${digestOfToken(token)}`, 'expected roles second: one or several of look, operate, unmask'],
    ['an/na look proxy', 'expected a name first'],
    ['console-token look proxy', 'expected another name'],
    ['anna look a-token-in-clear', 'expected sha256:'],
    ['first look proxy', 'expected a name that no other line has'],
    [`anna look ${digestOfToken('theirs')}`, 'expected a token that no other line has'],
  ])('is refused with the line %s', (line, expected) => {
    const env = { ...MINIMAL, ...PROXY, ...file('first look proxy', `second look ${digestOfToken('theirs')}`, line) };
    const [[where, told] = []] = Object.entries(faultsOf(() => loadConsoleSettings(env)));
    expect(where).toBe('CONSOLE_USERS_FILE, line 3');
    expect(told).toContain(expected);
    expect(told).not.toContain('a-token-in-clear');
  });

  it.each([
    [{ CONSOLE_USERS_FILE: '/nowhere' }, 'CONSOLE_USERS_FILE'],
    [file('# nobody'), 'CONSOLE_USERS_FILE'],
    [file('ben look proxy'), 'CONSOLE_TRUSTED_USER_HEADER'],
    [{ CONSOLE_TRUSTED_USER_HEADER: 'X-Forwarded-User' }, 'CONSOLE_TRUSTED_PROXY'],
    [{ ...PROXY, CONSOLE_TRUSTED_USER_HEADER: 'Cookie' }, 'CONSOLE_TRUSTED_USER_HEADER'],
    [{ ...PROXY, CONSOLE_TRUSTED_PROXY: 'proxy.example' }, 'CONSOLE_TRUSTED_PROXY'],
    [{ ...PROXY, CONSOLE_TRUSTED_PROXY: '0.0.0.0/0' }, 'CONSOLE_TRUSTED_PROXY'],
    [{ CONSOLE_SESSION_IDLE: '60' }, 'CONSOLE_SESSION_IDLE'],
  ])('and what goes with it is checked: %j', (env, variable) =>
    expect(Object.keys(faultsOf(() => loadConsoleSettings({ ...MINIMAL, ...env })))).toEqual([variable]),
  );

  it('leaves no published token beside the operators, where a simulator stands for Extole', () => {
    const simulated = { EXTOLE_SIMULATOR_URL: 'http://localhost:3400' };
    expect(loadConsoleSettings(simulated).token).toBe('local-console-token');
    expect(loadConsoleSettings({ ...simulated, ...file(consoleUserLine('anna', ['look'], token)) }).token).toBeUndefined();
  });
});

describe('a list of addresses', () => {
  it.each([
    ['10.0.0.7', '10.0.0.7', true],
    ['10.0.0.7', '::ffff:10.0.0.7', true],
    ['10.0.0.7', '10.0.0.70', false],
    ['10.1.0.0/16, fd00::/8', 'fd12::1', true],
    ['10.1.0.0/16', '10.2.0.1', false],
    ['10.1.0.0/16', '', false],
  ])('of %s has %s: %s', (list, address, expected) => {
    expect(isInAddressList(parseAddressList(list)!, address)).toBe(expected);
  });
});
