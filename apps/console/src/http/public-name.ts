import { isIP } from 'node:net';
import { isLoopback } from '#config';

/** Ends of names that nobody can register: inside a cluster, or a network. */
const PRIVATE = /\.(svc|local|internal|localhost)$/;

/**
 * Whether anybody on the internet could own the name, and have it resolve to this machine (DNS rebinding): then a page of theirs may be what asks,
 * and browsers do not tell, since to them it is the page's own site.
 */
export function isPublicName(host: string): boolean {
  if (isLoopback(host) || isIP(host) !== 0) return false;
  return host.includes('.') && !PRIVATE.test(host);
}
