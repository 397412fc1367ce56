/** What is shown to Kafka by the mechanism OAUTHBEARER. */
export interface AccessToken {
  readonly value: string;
  /** From when it was asked for. */
  readonly lifetimeMs: number;
}

/** Gives out tokens. */
export interface TokenIssuer {
  /** For the operator: an address or a name, without anything secret. */
  readonly name: string;
  /** What to look at when Kafka refuses the token. */
  readonly advice: string;
  /** @throws TokenUnavailableError */
  issue(): Promise<AccessToken>;
}
