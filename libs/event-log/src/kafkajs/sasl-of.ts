import type { KafkaConfig, SASLOptions } from 'kafkajs';
import type { LogSink } from '../log-sink.ts';
import type { TokenIssuer } from '../sasl/access-token.ts';
import { AuthenticationRefusedError } from '../sasl/authentication-errors.ts';
import { MskSigner } from '../sasl/msk-signer.ts';
import type { SaslOptions } from '../sasl/sasl-options.ts';
import { SharedToken } from '../sasl/shared-token.ts';
import { TokenEndpoint, type EndpointTls } from '../sasl/token-endpoint.ts';
import type { OurSasl } from './authenticate-in-time.ts';

/** The exchange as kafkajs's authenticator offers it: sends bytes to the broker, and hands back what `parse` makes of the answer. */
interface Exchange {
  readonly saslAuthenticate: (step: {
    readonly request: { readonly encode: () => Promise<Buffer> };
    readonly response: {
      readonly decode: (bytes: Buffer) => Promise<Buffer>;
      readonly parse: (bytes: Buffer) => Promise<string>;
    };
  }) => Promise<string>;
}

/** Separates the parts of a message of OAUTHBEARER (RFC 7628, 3.1). */
const SEPARATOR = '\u0001';
/** Of bytes that are sent with their length before them. */
const LENGTH_BYTES = 4;

/** What kafkajs is told about `sasl`, and what `authenticate-in-time.ts` reads besides. */
export function saslOf(options: SaslOptions | undefined, tls: EndpointTls, log: LogSink): Pick<KafkaConfig, 'sasl'> {
  if (options === undefined) return {};
  switch (options.mechanism) {
    case 'plain':
    case 'scram-sha-256':
    case 'scram-sha-512': {
      const advice = 'check KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD and KAFKA_SASL_MECHANISM';
      return { sasl: { ...options, advice } satisfies OurSasl as SASLOptions };
    }
    case 'oauthbearer':
      return { sasl: bearerOf(new TokenEndpoint(options, tls), options.extensions, log) };
    case 'aws-msk-iam':
      return { sasl: bearerOf(new MskSigner(options), {}, log) };
  }
}

/**
 * OAUTHBEARER with one token for all connections. kafkajs has a provider of its own, which does not read the broker's answer: a token that is refused passes for
 * taken, and the next request ends the connection without a word.
 */
function bearerOf(issuer: TokenIssuer, extensions: Readonly<Record<string, string>>, log: LogSink): SASLOptions {
  const token = new SharedToken(issuer, log);
  const sasl: OurSasl = {
    mechanism: 'oauthbearer',
    advice: issuer.advice,
    prepare: async () => void (await token.value()),
    refused: () => token.refused(),
    fault: () => token.fault,
    authenticationProvider: ({ saslAuthenticate }: Exchange) => ({
      async authenticate() {
        const message = clientMessage(await token.value(), extensions);
        const refusal = await saslAuthenticate({
          request: { encode: async () => Buffer.concat([lengthOf(message), message]) },
          response: { decode: async (bytes) => bytes.subarray(LENGTH_BYTES), parse: async (bytes) => bytes.toString() },
        });
        if (refusal === '') return;
        token.refused();
        throw new AuthenticationRefusedError(`Kafka refuses the token of ${issuer.name}${statusIn(refusal)}: ${issuer.advice}`);
      },
    }),
  };
  // kafkajs's types want the provider of its own.
  return sasl as unknown as SASLOptions;
}

function clientMessage(token: string, extensions: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(extensions).map(([name, value]) => `${name}=${value}`);
  return Buffer.from(['n,,', `auth=Bearer ${token}`, ...pairs, '', ''].join(SEPARATOR));
}

function lengthOf(message: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeInt32BE(message.length);
  return length;
}

/** RFC 7628, 3.2.2: JSON with a status such as invalid_token. Anything else in it is not for our log. */
function statusIn(refusal: string): string {
  const status = /"status"\s*:\s*"([a-z_]{1,40})"/.exec(refusal)?.[1];
  return status === undefined ? '' : ` (${status})`;
}
