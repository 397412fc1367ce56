import { hostNameOf, isAskedByOwnName } from './own-name.ts';

const NAMES = ['ingest', '.bridge.svc.cluster.local'];

describe('a request is asked for by a name of ours', () => {
  it.each<[string, string | undefined, boolean]>([
    ["by the pod's address, as probes do", '10.1.2.3:3100', true],
    ['by an IPv6 address', '[fd00::1]:3100', true],
    ['by loopback', '127.0.0.1:3100', true],
    ['by localhost', 'LocalHost:3100', true],
    ['by a configured name', 'Ingest:3100', true],
    ['by a full name with its dot', 'ingest.:3100', true],
    ['below a configured name', 'ingest-0.bridge.svc.cluster.local:3100', true],
    ['by a program that says no name', undefined, true],
    ['but not by a name that resolves to us', 'evil.example:3100', false],
    ['nor by one that looks like an address', '127.0.0.1.evil.example', false],
    ['nor by one that ends like ours', 'evilbridge.svc.cluster.local', false],
    ['nor by one that begins like ours', 'ingest.evil.example', false],
    ['nor by localhost of somebody', 'localhost.evil.example', false],
    ['nor by nothing', '', false],
    ['nor by two of them', 'localhost, evil.example', false],
  ])('%s', (_, host, expected) => expect(isAskedByOwnName(host, NAMES)).toBe(expected));
});

it.each([
  ['[::1]:3300', '::1'],
  ['Console.Example:3300', 'console.example'],
  ['console.example', 'console.example'],
])('the name of %s is %s', (header, name) => expect(hostNameOf(header)).toBe(name));
