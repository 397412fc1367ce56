/** Whether this browser may ask. The answer of `GET /api/session`, which needs no token. */
export interface Session {
  /** `CONSOLE_TOKEN` is set: everything but the session, the login and logout, the page and health answers 401 without it. */
  readonly needsToken: boolean;
  readonly signedIn: boolean;
  /** `TOPIC_PREFIX`, to tell two bridges apart; may be empty. */
  readonly prefix: string;
  /** The ids of the configured sources, in their order. */
  readonly sources: readonly string[];
}

/** Sets the cookie. A wrong token is a 401. */
export interface Login {
  readonly token: string;
}
