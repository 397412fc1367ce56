import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { isInAddressList, parseAddressList, type ConsoleSettings } from '#config';
import { isOperatorName } from '#segment';
import type { Operator } from './operator.ts';

/** A request as the proxy may have handed it on. */
export interface ProxiedRequest {
  /** Of the connection. */
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
}

/** Whom the proxy has authenticated, and from where they come. What anybody else writes into its headers is not believed. */
export class TrustedProxy {
  private readonly isTrusted: (address: string) => boolean;

  constructor(private readonly settings: Pick<ConsoleSettings, 'trustedProxy' | 'trustedUserHeader' | 'users'>) {
    const list = parseAddressList(settings.trustedProxy ?? '');
    this.isTrusted = (address) => list !== undefined && isInAddressList(list, address);
  }

  /** Whether it says who somebody is. */
  get signsIn(): boolean {
    return this.settings.trustedUserHeader !== undefined;
  }

  /** The operator whom the proxy names. Who has no line in the users file may look. */
  operatorOf({ address, headers }: ProxiedRequest): Operator | undefined {
    const { trustedUserHeader, users } = this.settings;
    if (trustedUserHeader === undefined || !this.isTrusted(address)) return undefined;
    // Sent twice, it reads as `a, b`, which is no name: of two names one is not the proxy's.
    const name = headers[trustedUserHeader];
    if (!isOperatorName(name)) return undefined;
    return { name, roles: users.find((user) => user.name === name)?.roles ?? ['look'] };
  }

  /** From where somebody comes: the last address on the way that is not the proxy's. */
  clientOf({ address, headers }: ProxiedRequest): string {
    if (!this.isTrusted(address)) return address;
    const way = String(headers['x-forwarded-for'] ?? '')
      .split(',')
      .map((hop) => addressOfHop(hop.trim()));
    // From the right: what stands before a hop that nobody can read, the client itself may have written.
    const client = way.findLast((hop) => hop === undefined || !this.isTrusted(hop));
    return client ?? address;
  }
}

/** Some proxies write a port behind the address, and brackets around it. */
function addressOfHop(hop: string): string | undefined {
  const [, bracketed, withPort] = /^(?:\[([^\]]*)\](?::\d+)?|([^:]*):\d+)$/.exec(hop) ?? [];
  const address = bracketed ?? withPort ?? hop;
  return isIP(address) === 0 ? undefined : address;
}
