import type { Certificate, CertificateAuthority } from './certificates.ts';
import { startOwnBroker, type OwnBroker } from './test-kafka.ts';
import type { TokenServer } from './token-server.ts';
import { freePort } from './wait-for.ts';

/** One broker, and a place to listen at for each way to be known to it; TLS at all of them. `open` is without anything, for the test itself. */
export interface SecuredBroker {
  readonly open: OwnBroker;
  readonly tls: string;
  readonly mutualTls: string;
  readonly scram: string;
  readonly oauth: string;
}

export const USER = { name: 'bridge', password: 'scram-password' };

const OAUTH = 'org.apache.kafka.common.security.oauthbearer';
const SCRAM = 'org.apache.kafka.common.security.scram';

/** Starts it; it ends with the test (or file). */
export async function startSecuredBroker(
  authority: CertificateAuthority,
  certificate: Certificate,
  tokens: TokenServer,
): Promise<SecuredBroker> {
  const [tls, mtls, scram, oauth] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const { name, password } = USER;
  const mechanisms = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];
  const open = await startOwnBroker({
    listeners: {
      TLS: { port: tls, protocol: 'SSL' },
      MTLS: { port: mtls, protocol: 'SSL' },
      SCRAM: { port: scram, protocol: 'SASL_SSL' },
      OAUTH: { port: oauth, protocol: 'SASL_SSL' },
    },
    settings: {
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': certificate.keystore,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': authority.cert,
      'listener.name.mtls.ssl.client.auth': 'required',
      'listener.name.scram.sasl.enabled.mechanisms': mechanisms.join(','),
      ...Object.fromEntries(
        mechanisms.map((mechanism) => [
          `listener.name.scram.${mechanism.toLowerCase()}.sasl.jaas.config`,
          `${SCRAM}.ScramLoginModule required;`,
        ]),
      ),
      'listener.name.oauth.sasl.enabled.mechanisms': 'OAUTHBEARER',
      'listener.name.oauth.oauthbearer.sasl.jaas.config': `${OAUTH}.OAuthBearerLoginModule required;`,
      'listener.name.oauth.oauthbearer.sasl.server.callback.handler.class': `${OAUTH}.OAuthBearerValidatorCallbackHandler`,
      // Kafka 4.1 takes by itself the one for clients, which looks at no signature.
      'sasl.oauthbearer.jwt.validator.class': `${OAUTH}.BrokerJwtValidator`,
      'sasl.oauthbearer.jwks.endpoint.url': tokens.jwksUrl,
      'sasl.oauthbearer.expected.audience': tokens.audience,
      'sasl.oauthbearer.expected.issuer': tokens.issuer,
      // By default a token counts for half a minute longer than it says.
      'sasl.oauthbearer.clock.skew.seconds': '0',
    },
    javaOptions: [`-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${tokens.jwksUrl}`],
    formatOptions: mechanisms.flatMap((mechanism) => ['--add-scram', `${mechanism}=[name=${name},password=${password}]`]),
  });
  const at = (port: number): string => `127.0.0.1:${port}`;
  return { open, tls: at(tls), mutualTls: at(mtls), scram: at(scram), oauth: at(oauth) };
}
