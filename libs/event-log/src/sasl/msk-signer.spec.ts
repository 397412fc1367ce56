import { createHash, createHmac } from 'node:crypto';
import { MskSigner } from './msk-signer.ts';

const options = { mechanism: 'aws-msk-iam', region: 'eu-central-1' } as const;
const IDENTITY = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

/** Signature Version 4 of a presigned URL, by AWS's description of it, for an identity without a session. */
function signatureOf(url: URL): string {
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const unsigned = [...url.searchParams].filter(([name]) => name !== 'X-Amz-Signature' && name !== 'User-Agent');
  const query = unsigned
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .sort()
    .join('&');
  const payload = createHash('sha256').update('').digest('hex');
  const request = ['GET', '/', query, `host:${url.host}`, '', 'host', payload].join('\n');
  const time = url.searchParams.get('X-Amz-Date') ?? '';
  const scope = [time.slice(0, 8), 'eu-central-1', 'kafka-cluster', 'aws4_request'];
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), createHash('sha256').update(request).digest('hex')].join('\n');
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${IDENTITY.AWS_SECRET_ACCESS_KEY}`);
  return hmac(key, toSign).toString('hex');
}

describe('a token for MSK', () => {
  const before = process.env;
  beforeEach(() => void (process.env = { ...before, ...IDENTITY }));
  afterEach(() => void (process.env = before));

  it('is a URL that the AWS identity has signed, for a quarter of an hour', async () => {
    const { value, lifetimeMs } = await new MskSigner(options).issue();

    const url = new URL(Buffer.from(value, 'base64url').toString());
    expect(url.origin).toBe('https://kafka.eu-central-1.amazonaws.com');
    const { 'X-Amz-Signature': signature, 'X-Amz-Date': date = '', ...rest } = Object.fromEntries(url.searchParams);
    expect(rest).toEqual({
      Action: 'kafka-cluster:Connect',
      'User-Agent': expect.stringMatching(/^aws-msk-iam-sasl-signer-js\//) as unknown,
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': `AKIDEXAMPLE/${date.slice(0, 8)}/eu-central-1/kafka-cluster/aws4_request`,
      'X-Amz-Expires': '900',
      'X-Amz-SignedHeaders': 'host',
    });
    expect(signature).toBe(signatureOf(url));
    expect(value).not.toMatch(/[=+/]/);
    expect(lifetimeMs).toBeGreaterThan(898_000);
    expect(lifetimeMs).toBeLessThanOrEqual(900_000);
  });

  it('says what to do when there is no identity', async () => {
    process.env = { PATH: before['PATH'], AWS_EC2_METADATA_DISABLED: 'true' };
    await expect(new MskSigner(options).issue()).rejects.toThrow(
      'the AWS identity of this process could not be used (CredentialsProviderError): check AWS_ACCESS_KEY_ID',
    );
  });

  it('says what to install when the signer is not there', async () => {
    const missing = (): Promise<never> => Promise.reject(Object.assign(new Error('x'), { code: 'ERR_MODULE_NOT_FOUND' }));
    await expect(new MskSigner(options, missing).issue()).rejects.toThrow(
      'KAFKA_SASL_MECHANISM=aws-msk-iam needs the package aws-msk-iam-sasl-signer-js, which cannot be loaded (ERR_MODULE_NOT_FOUND): install it',
    );
  });
});
