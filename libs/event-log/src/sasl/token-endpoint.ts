import { rootCertificates } from 'node:tls';
import { Agent, request } from 'undici';
import type { AccessToken, TokenIssuer } from './access-token.ts';
import { TokenUnavailableError } from './authentication-errors.ts';
import type { OauthOptions } from './sasl-options.ts';
import { readTokenAnswer } from './token-answer.ts';

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 256 * 1_024;

/** How far the endpoint's certificate is checked: as Kafka's, and by the public authorities as well. */
export interface EndpointTls {
  readonly ca?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Asks a token endpoint with the client's credentials (RFC 6749, 4.4); it is told them by HTTP Basic, which every endpoint has to take (2.3.1). */
export class TokenEndpoint implements TokenIssuer {
  readonly name: string;
  readonly advice =
    "are the broker's issuer, audience and keys (sasl.oauthbearer.expected.issuer, .expected.audience, .jwks.endpoint.url) those of KAFKA_OAUTH_TOKEN_URL, and is KAFKA_OAUTH_SCOPE right?";
  private readonly agent: Agent;

  constructor(
    private readonly options: OauthOptions,
    { ca, rejectUnauthorized }: EndpointTls = {},
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    const { origin, pathname } = new URL(options.tokenUrl);
    this.name = `the token endpoint ${origin}${pathname}`;
    this.agent = new Agent({
      connect: {
        timeout: timeoutMs,
        // Naming one replaces Node's own list, and the provider may be a public one.
        ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
        ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
      },
      maxResponseSize: MAX_ANSWER_BYTES,
    });
  }

  async issue(): Promise<AccessToken> {
    const answer = await this.ask();
    const token = readTokenAnswer(answer.status, answer.body);
    if ('fault' in token) throw new TokenUnavailableError(`${this.name} answered ${token.fault}`);
    return token;
  }

  private async ask(): Promise<{ readonly status: number; readonly body: string }> {
    const { tokenUrl, clientId, clientSecret, scope } = this.options;
    const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) });
    try {
      const { statusCode, body } = await request(tokenUrl, {
        method: 'POST',
        headers: {
          accept: 'application/json',
          authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: form.toString(),
        dispatcher: this.agent,
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      return { status: statusCode, body: await body.text() };
    } catch (error) {
      throw new TokenUnavailableError(`${this.name} ${troubleOf(error, this.timeoutMs)}`);
    }
  }
}

/** Behind the endpoint's name. */
function troubleOf(error: unknown, timeoutMs: number): string {
  const { name, code = 'unknown' } = error as { readonly name?: string; readonly code?: string | number };
  if (name === 'TimeoutError' || code === 'UND_ERR_CONNECT_TIMEOUT')
    return `does not answer within ${timeoutMs / 1_000} s; it is asked again`;
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return 'answered with something that is no token: check KAFKA_OAUTH_TOKEN_URL';
  if (/CERT|SIGNATURE/.test(String(code)))
    return `has a certificate that is not trusted (${code}): if its authority is a private one, set KAFKA_SSL_CA to it`;
  return `cannot be reached (${code}); it is asked again. Check KAFKA_OAUTH_TOKEN_URL and the network`;
}
