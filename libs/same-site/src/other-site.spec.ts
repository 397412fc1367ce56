import { isOfAnotherSite } from './other-site.ts';

const HOST = 'console.example:3300';

describe('a request is of another site', () => {
  it.each<[string, Readonly<Record<string, string>>, boolean]>([
    ['where the browser says so', { 'sec-fetch-site': 'cross-site' }, true],
    ['where it comes from another name of the same one', { 'sec-fetch-site': 'same-site' }, true],
    ['where the browser says something new', { 'sec-fetch-site': 'same-galaxy' }, true],
    ['where it is said twice', { 'sec-fetch-site': 'same-origin, cross-site' }, true],
    ['but not from its own page', { 'sec-fetch-site': 'same-origin' }, false],
    ['but not where somebody typed the address', { 'sec-fetch-site': 'none' }, false],
    [
      'but not from its own page behind a proxy that writes another Host',
      { 'sec-fetch-site': 'same-origin', origin: 'https://ops.example' },
      false,
    ],
    ['where only its origin says so', { origin: 'https://evil.example' }, true],
    ['where another port of its host is its origin', { origin: 'http://console.example' }, true],
    ['where its origin is kept secret', { origin: 'null' }, true],
    ['where its origin is no address', { origin: HOST }, true],
    ['where its origin is a part of the browser', { origin: `chrome-extension://${HOST}` }, true],
    ['but not where its origin is the host', { origin: `http://${HOST}` }, false],
    ['but not where it is the host behind TLS', { origin: `https://${HOST}` }, false],
    ['but not where a program sends nothing of this', {}, false],
  ])('%s', (_, headers, expected) => expect(isOfAnotherSite({ host: HOST, ...headers })).toBe(expected));

  it.each<[string, string, boolean]>([
    ['https://console.example', 'Console.Example', false],
    ['https://console.example', 'console.example:443', false],
    ['http://console.example', 'console.example:80', false],
    ['http://console.example', 'console.example:443', true],
    ['http://console.example:8080', 'console.example', true],
    ['http://[::1]:3300', '[0:0::1]:3300', false],
    ['https://console.example', '', true],
  ])('of origin %s at host %s: %s', (origin, host, expected) => expect(isOfAnotherSite({ origin, host })).toBe(expected));
});
