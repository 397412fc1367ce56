import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';
import { failureOf } from '../kafka-errors.ts';
import { AuthenticationRefusedError } from '../sasl/authentication-errors.ts';

/** What kafkajs is given as `sasl`; it hands all of it on. */
export interface OurSasl {
  readonly mechanism: string;
  /** What to check when the broker refuses. */
  readonly advice: string;
  /** Gets what is to be shown, before the broker is told that it will be. */
  readonly prepare?: () => Promise<void>;
  /** Where the next one may be taken although this one is not. */
  readonly refused?: () => void;
  /** Why there is nothing to be shown, while that is so. */
  readonly fault?: () => string | undefined;
  readonly [ofKafkajs: string]: unknown;
}

interface Authenticator {
  readonly connection: {
    /** `host:port`. */
    readonly broker: string;
    readonly sasl: OurSasl;
    readonly authenticatedAt: unknown;
    reauthenticationThreshold: number;
    isConnected(): boolean;
    disconnect(): Promise<unknown>;
  };
  /** Milliseconds, as text; 0 for ever. */
  readonly sessionLifetime: string;
  authenticate(): Promise<void>;
}

const { KafkaJSConnectionError } = kafkajs;
/** kafkajs shows again who we are when no more than this is left of a session. */
const THRESHOLD_MS = 10_000;

let done = false;

/**
 * Three things about `SASLAuthenticator.authenticate` of kafkajs 2.2.4, which runs for each connection and again before its session ends:
 *
 * - what is shown is there before the handshake is sent: after that a broker takes nothing but the answer, and ends a connection on which something else comes, or
 *   a second handshake;
 * - of a session shorter than ten seconds everything would count as its end: each request would authenticate anew, which a broker takes once a second;
 * - who is refused is told what to check. An exchange that was broken off, by a broker that stops, is not a refusal, and may be tried again.
 */
export function authenticateInTime(): void {
  if (done) return;
  done = true;
  const require = createRequire(import.meta.url);
  const { prototype } = require('kafkajs/src/broker/saslAuthenticator') as { prototype: Authenticator };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its instance below
  const { authenticate } = prototype;
  prototype.authenticate = async function () {
    const { connection } = this;
    try {
      await connection.sasl.prepare?.();
    } catch (error) {
      // One that has a session keeps it until its end; another is of no use, and would keep the process alive.
      if (connection.authenticatedAt === null) await connection.disconnect();
      throw error;
    }
    try {
      await authenticate.call(this);
    } catch (error) {
      const told = refusalOf(connection, error);
      // The broker ends it in a moment; whoever asks before that would write into a connection that is about to close.
      await connection.disconnect();
      throw told;
    }
    const lifetimeMs = Number(this.sessionLifetime);
    // Whole: kafkajs makes a BigInt of it.
    connection.reauthenticationThreshold = Math.min(THRESHOLD_MS, Math.floor(lifetimeMs / 4));
  };
}

/** kafkajs calls both a refusal and a broken exchange by one name, and drops which of them it was. */
function refusalOf(connection: Authenticator['connection'], error: unknown): unknown {
  const { mechanism, advice, refused } = connection.sasl;
  const { name, type, message } = failureOf(error);
  const named = mechanism.toUpperCase();
  const refusal = new AuthenticationRefusedError(`Kafka refuses us by ${named}: ${advice}`);
  if (type === 'SASL_AUTHENTICATION_FAILED') {
    refused?.();
    return refusal;
  }
  if (type === 'UNSUPPORTED_SASL_MECHANISM')
    return new AuthenticationRefusedError(`Kafka does not know us by ${named}: set KAFKA_SASL_MECHANISM to one of its own`);
  if (name !== 'KafkaJSSASLAuthenticationError') return error;
  if (!connection.isConnected() || message.endsWith(' timed out'))
    return new KafkaJSConnectionError('The connection ended while authenticating', { broker: connection.broker });
  return refusal;
}
