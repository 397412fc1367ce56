import { TrustedProxy } from './trusted-proxy.ts';

describe('from where somebody comes', () => {
  const proxy = new TrustedProxy({ users: [], trustedProxy: '10.0.0.7, fd00::/8' });

  it.each([
    ['10.0.0.8', '203.0.113.9', '10.0.0.8'],
    ['10.0.0.7', '203.0.113.9', '203.0.113.9'],
    ['::ffff:10.0.0.7', '203.0.113.9', '203.0.113.9'],
    ['fd00::1', '2001:db8::9', '2001:db8::9'],
    // What a client writes itself stands before what the proxies add.
    ['10.0.0.7', '1.2.3.4, 203.0.113.9', '203.0.113.9'],
    ['10.0.0.7', '203.0.113.9, 10.0.0.7', '203.0.113.9'],
    ['10.0.0.7', 'unknown', '10.0.0.7'],
    ['10.0.0.7', '1.2.3.4, 203.0.113.5:4711', '203.0.113.5'],
    ['10.0.0.7', '1.2.3.4, [2001:db8::1]', '2001:db8::1'],
    ['10.0.0.7', '1.2.3.4, [2001:db8::1]:4711, 10.0.0.7:99', '2001:db8::1'],
    ['10.0.0.7', '1.2.3.4, unknown', '10.0.0.7'],
    ['10.0.0.7', '', '10.0.0.7'],
  ])('over the connection of %s with X-Forwarded-For %j: %s', (address, way, expected) => {
    expect(proxy.clientOf({ address, headers: { 'x-forwarded-for': way } })).toBe(expected);
  });
});
