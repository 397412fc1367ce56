import { hostname } from 'node:os';
import { advertisedUrl } from './advertised-url.ts';

describe('where a forwarder says that its admin port is', () => {
  it.each([
    ['on this machine', '127.0.0.1', 'http://127.0.0.1:3200'],
    ['under the name of the machine, where it listens on every interface', '0.0.0.0', `http://${hostname()}:3200`],
    ['at the address that it listens on', '10.1.2.3', 'http://10.1.2.3:3200'],
    ['at an IPv6 address', 'fd00::7', 'http://[fd00::7]:3200'],
  ])('%s', (_, adminHost, url) => expect(advertisedUrl({ adminHost, adminPort: 3200 })).toBe(url));

  it('where it is told', () => {
    const advertised = { advertisedUrl: 'http://forwarder-0.forwarder:3200', adminHost: '0.0.0.0', adminPort: 3200 };
    expect(advertisedUrl(advertised)).toBe('http://forwarder-0.forwarder:3200');
  });
});
