import type { IncomingHttpHeaders } from 'node:http';
import { cookieOf, setCookie } from './cookie.ts';

describe('the cookie of a session', () => {
  it.each<[string, IncomingHttpHeaders, boolean]>([
    ['behind a proxy that ends TLS', { 'x-forwarded-proto': 'https' }, true],
    ['however that writes it', { 'x-forwarded-proto': 'HTTPS' }, true],
    ['also where a second proxy is reached in clear', { 'x-forwarded-proto': ' https , http' }, true],
    ['by what the browser itself sees, where no proxy says anything', { origin: 'https://console.example' }, true],
    ['not where the browser has come in clear', {}, false],
    ['not where it has, and only the way behind is TLS', { 'x-forwarded-proto': 'http, https' }, false],
    ['not where the browser says http: it would drop it', { origin: 'http://localhost', 'x-forwarded-proto': 'https' }, false],
    ['as the proxy says, where the page keeps its origin to itself', { origin: 'null', 'x-forwarded-proto': 'https' }, true],
  ])('is for TLS alone %s', (_, headers, isSecure) => {
    expect(setCookie(headers, 'id').includes('; Secure')).toBe(isSecure);
  });

  it('is for no script and no other site, and is read among others', () => {
    expect(setCookie({}, 'id')).toBe('bridge_console=id; Path=/; HttpOnly; SameSite=Strict');
    expect(setCookie({}, undefined)).toBe('bridge_console=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0');
    expect(cookieOf({ cookie: 'a=1; bridge_console=id; b=2' })).toBe('id');
    expect(cookieOf({ cookie: 'x_bridge_console=id' })).toBeUndefined();
    expect(cookieOf({})).toBeUndefined();
  });
});
