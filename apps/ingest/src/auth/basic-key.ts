/**
 * The key of an `Authorization: Basic` header: the user name; the password is empty and not looked at [Segment: HTTP API,
 * authentication]. Undefined if there is no such header, or no key in it.
 */
export function basicKey(authorization: string | undefined): string | undefined {
  const match = /^Basic +([A-Za-z0-9+/_-]+={0,2}) *$/i.exec(authorization ?? '');
  if (match?.[1] === undefined) return undefined;
  const key = Buffer.from(match[1], 'base64').toString().split(':', 1)[0];
  return key === '' ? undefined : key;
}
