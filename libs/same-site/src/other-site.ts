import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a browser says that a page of another origin has made it send this: by `Sec-Fetch-Site`, which every current one sends to
 * https and to loopback, and else by `Origin`. A page can set neither of them. What says nothing is no browser, or a GET of an old one.
 *
 * The same rule as Go's `http.CrossOriginProtection`. An equal host is enough of an equal origin: only a proxy knows the scheme.
 */
export function isOfAnotherSite(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  // `none`: somebody typed the address or followed a bookmark.
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin, host = '' } = headers;
  return origin !== undefined && !isAt(origin, host);
}

/** Some proxies write a scheme's own port into the Host, which no browser does. */
function isAt(origin: string, host: string): boolean {
  if (!/^https?:/i.test(origin) || !URL.canParse(origin)) return false;
  const { protocol, host: ofOrigin } = new URL(origin);
  const asked = `${protocol}//${host}`;
  return URL.canParse(asked) && new URL(asked).host === ofOrigin;
}
