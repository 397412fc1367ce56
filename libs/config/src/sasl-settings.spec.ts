import { loadCommonSettings } from './load-settings.ts';
import { faultsOf, MINIMAL } from './testing/faults-of.ts';

describe('by what Kafka knows us', () => {
  it('may be a token, of an identity provider or of AWS', () => {
    const oauth = loadCommonSettings({
      ...MINIMAL,
      KAFKA_SASL_MECHANISM: 'oauthbearer',
      KAFKA_OAUTH_TOKEN_URL: 'https://id.example.com/oauth2/token',
      KAFKA_OAUTH_CLIENT_ID: 'bridge',
      KAFKA_OAUTH_CLIENT_SECRET: 's3cr3t',
      KAFKA_OAUTH_SCOPE: 'kafka.read kafka.write',
      KAFKA_OAUTH_EXTENSIONS: 'logicalCluster=lkc-1, identityPoolId=pool-1',
    });
    expect(oauth.kafka.sasl).toEqual({
      mechanism: 'oauthbearer',
      tokenUrl: 'https://id.example.com/oauth2/token',
      clientId: 'bridge',
      clientSecret: 's3cr3t',
      scope: 'kafka.read kafka.write',
      extensions: { logicalCluster: 'lkc-1', identityPoolId: 'pool-1' },
    });

    const iam = { KAFKA_SASL_MECHANISM: 'aws-msk-iam', KAFKA_AWS_REGION: 'eu-central-1', KAFKA_SSL: 'true' };
    expect(loadCommonSettings({ ...MINIMAL, ...iam }).kafka.sasl).toEqual({ mechanism: 'aws-msk-iam', region: 'eu-central-1' });
  });

  it('names what a SASL mechanism needs, and what it makes nothing of', () => {
    expect(
      faultsOf(() => loadCommonSettings({ ...MINIMAL, KAFKA_SASL_MECHANISM: 'oauthbearer', KAFKA_SASL_PASSWORD: 'p' })),
    ).toEqual({
      KAFKA_OAUTH_TOKEN_URL: 'is required with KAFKA_SASL_MECHANISM=oauthbearer',
      KAFKA_OAUTH_CLIENT_ID: 'is required with KAFKA_SASL_MECHANISM=oauthbearer',
      KAFKA_OAUTH_CLIENT_SECRET: 'is required with KAFKA_SASL_MECHANISM=oauthbearer',
      KAFKA_SASL_PASSWORD: 'is of no use with KAFKA_SASL_MECHANISM=oauthbearer: unset it, or choose another mechanism',
    });
    expect(
      faultsOf(() => loadCommonSettings({ ...MINIMAL, KAFKA_SASL_MECHANISM: 'aws-msk-iam', KAFKA_SASL_USERNAME: 'u' })),
    ).toEqual({
      KAFKA_AWS_REGION: 'is required with KAFKA_SASL_MECHANISM=aws-msk-iam',
      KAFKA_SASL_USERNAME: 'is of no use with KAFKA_SASL_MECHANISM=aws-msk-iam: unset it, or choose another mechanism',
      KAFKA_SSL: 'is required with KAFKA_SASL_MECHANISM=aws-msk-iam: MSK takes IAM over TLS only',
    });
    expect(faultsOf(() => loadCommonSettings({ ...MINIMAL, KAFKA_OAUTH_SCOPE: 'kafka' }))).toMatchObject({
      KAFKA_SASL_MECHANISM: 'is required with KAFKA_OAUTH_SCOPE: oauthbearer',
      KAFKA_OAUTH_TOKEN_URL: 'is required with KAFKA_OAUTH_SCOPE',
    });
  });

  it('lets no client secret go over the network in clear', () => {
    const env = {
      ...MINIMAL,
      KAFKA_SASL_MECHANISM: 'oauthbearer',
      KAFKA_OAUTH_CLIENT_ID: 'bridge',
      KAFKA_OAUTH_CLIENT_SECRET: 's3cr3t',
    };
    expect(faultsOf(() => loadCommonSettings({ ...env, KAFKA_OAUTH_TOKEN_URL: 'http://id.example.com/token' }))).toEqual({
      KAFKA_OAUTH_TOKEN_URL: 'expected an https URL: the client secret is sent there (http on a loopback address only)',
    });
    expect(loadCommonSettings({ ...env, KAFKA_OAUTH_TOKEN_URL: 'http://127.0.0.1:8080/token' }).kafka.sasl).toMatchObject({
      tokenUrl: 'http://127.0.0.1:8080/token',
    });
  });
});
