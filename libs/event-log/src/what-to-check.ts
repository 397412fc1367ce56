import { AuthenticationRefusedError, TokenUnavailableError } from './sasl/authentication-errors.ts';

/** What an operator can do about a Kafka that is not reached. */
export interface WhatToCheck {
  /** The variable to look at first. */
  readonly setting: string;
  /** Why; absent where the error's own message is all that is known. */
  readonly reason?: string;
}

const UNKNOWN_AUTHORITY: WhatToCheck = {
  setting: 'KAFKA_SSL_CA',
  reason: "Kafka's certificate is of no authority that is known here: set KAFKA_SSL_CA to its own",
};
const OUR_CERTIFICATE: WhatToCheck = {
  setting: 'KAFKA_SSL_CERT',
  reason: 'Kafka wants a client certificate that it knows: check KAFKA_SSL_CERT and KAFKA_SSL_KEY',
};
const NO_TLS: WhatToCheck = {
  setting: 'KAFKA_SSL',
  reason: 'Kafka speaks no TLS at this port: check KAFKA_BROKERS and KAFKA_SSL',
};

/** By code and message of Node's TLS errors. */
const BY_WORDS: readonly (readonly [pattern: RegExp, what: WhatToCheck])[] = [
  [/^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_)/, UNKNOWN_AUTHORITY],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID/,
    {
      setting: 'KAFKA_BROKERS',
      reason: "Kafka's certificate is for other names than those in KAFKA_BROKERS and advertised.listeners",
    },
  ],
  [/ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE)/, OUR_CERTIFICATE],
  [/WRONG_VERSION_NUMBER|disconnected before secure TLS connection/, NO_TLS],
];

/** Looks behind kafkajs's wrappers for what has kept us from Kafka. */
export function whatToCheck(error: unknown): WhatToCheck {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AuthenticationRefusedError || cause instanceof TokenUnavailableError)
      return { setting: 'KAFKA_SASL_MECHANISM', reason: cause.message };
    const words = `${'code' in cause ? String(cause.code) : ''} ${cause.message}`;
    const known = BY_WORDS.find(([pattern]) => pattern.test(words));
    if (known !== undefined) return known[1];
  }
  return { setting: 'KAFKA_BROKERS' };
}
