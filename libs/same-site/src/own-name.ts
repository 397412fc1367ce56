import { isIP } from 'node:net';

/** The name or address of a `Host` header: lower case, without port, brackets and the dot at the end of a full name. */
export function hostNameOf(header: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(header) ?? [];
  return (bracketed ?? plain ?? header).toLowerCase().replace(/\.$/, '');
}

/**
 * Whether a request was asked for by a name that nobody else can give: else a page of `evil.example`, once that name resolves to our
 * address, reads what is meant for operators (DNS rebinding). An IP address resolves to nothing, so it passes, and with it probes.
 *
 * @param host the header; without one it is no browser that asks
 * @param names of ours beside `localhost`, in lower case; one that begins with a dot is for all names below it
 */
export function isAskedByOwnName(host: string | undefined, names: readonly string[]): boolean {
  if (host === undefined) return true;
  const asked = hostNameOf(host);
  if (isIP(asked) !== 0 || asked === 'localhost') return true;
  return names.some((name) => (name.startsWith('.') ? asked.endsWith(name) : asked === name));
}
