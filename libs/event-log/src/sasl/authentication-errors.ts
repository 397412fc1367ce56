/**
 * There is no token to show to Kafka: who gives them does not, or not now. The message names who, and what to check; it holds neither secret nor token.
 */
export class TokenUnavailableError extends Error {
  override readonly name = 'TokenUnavailableError';
  readonly code = 'kafka_token_unavailable';
  /** For kafkajs: a consumer waits for the next token instead of ending. */
  readonly retriable = true;
}

/** Kafka does not take what it was shown. The message says which settings that came from. */
export class AuthenticationRefusedError extends Error {
  override readonly name = 'AuthenticationRefusedError';
  readonly code = 'kafka_authentication_refused';
  /** For kafkajs: told at once. A consumer ends with it, and a new process shows what it is told by then. */
  readonly retriable = false;
}
