import type { AccessToken, TokenIssuer } from './access-token.ts';
import { TokenUnavailableError } from './authentication-errors.ts';
import type { MskIamOptions } from './sasl-options.ts';

/** AWS's own; 29 MB with what it needs, so that whoever needs it installs it (ADR 20). */
const SIGNER = 'aws-msk-iam-sasl-signer-js';

interface Signer {
  generateAuthToken(options: { readonly region: string }): Promise<{ readonly token: string; readonly expiryTime: number }>;
}

/**
 * Signs tokens for MSK with the AWS identity of this process: environment, profile, the role of a pod, task or machine. A token is a URL, presigned with
 * Signature Version 4; nobody is asked for it but who knows the identity.
 */
export class MskSigner implements TokenIssuer {
  readonly name = 'the AWS identity of this process';
  readonly advice = 'has it a policy with kafka-cluster:Connect on this cluster, and is KAFKA_AWS_REGION its region?';

  constructor(
    private readonly options: MskIamOptions,
    private readonly load: (name: string) => Promise<unknown> = (name) => import(name),
  ) {}

  async issue(): Promise<AccessToken> {
    const signer = await this.signer();
    const signedAt = Date.now();
    try {
      const { token, expiryTime } = await signer.generateAuthToken({ region: this.options.region });
      return { value: token, lifetimeMs: expiryTime - signedAt };
    } catch (error) {
      // Its messages may quote what a credential process printed.
      const kind = error instanceof Error ? error.name : 'unknown';
      throw new TokenUnavailableError(
        `${this.name} could not be used (${kind}): check AWS_ACCESS_KEY_ID and its kin, AWS_PROFILE, or the role of the pod, task or machine`,
      );
    }
  }

  private async signer(): Promise<Signer> {
    try {
      return (await this.load(SIGNER)) as Signer;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      throw new TokenUnavailableError(
        `KAFKA_SASL_MECHANISM=aws-msk-iam needs the package ${SIGNER}, which cannot be loaded (${code}): install it as docs/configuration.md says`,
      );
    }
  }
}
