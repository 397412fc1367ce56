/** By what Kafka knows who we are; the settings of `#config` fit. */
export type SaslOptions = PasswordOptions | OauthOptions | MskIamOptions;

export interface PasswordOptions {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** A token of an identity provider, asked for with a client's credentials (RFC 6749, 4.4). */
export interface OauthOptions {
  readonly mechanism: 'oauthbearer';
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Several separated by blanks. */
  readonly scope?: string;
  /** SASL extensions, sent to the broker beside the token. */
  readonly extensions: Readonly<Record<string, string>>;
}

/** A token that the AWS identity of this process signs itself. */
export interface MskIamOptions {
  readonly mechanism: 'aws-msk-iam';
  readonly region: string;
}
