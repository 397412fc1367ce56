/** What somebody may do: look at everything, masked; act on sources and replays; see what an event holds. */
export type Role = 'look' | 'operate' | 'unmask';

/** Who is using this browser, and what they may do. The answer of `GET /api/session`, which needs no credential. */
export interface Session {
  /** One has to sign in: everything but the session, the login and logout, the page and health answers 401 before. */
  readonly needsToken: boolean;
  /** One may sign in by a token; else only the proxy in front of the console signs people in. */
  readonly takesTokens: boolean;
  readonly signedIn: boolean;
  /** Null before the login. */
  readonly operator: { readonly name: string; readonly roles: readonly Role[] } | null;
  /** There is a session to end: not where the proxy, or nobody, has asked. */
  readonly canSignOut: boolean;
  /** `TOPIC_PREFIX`, to tell two bridges apart; may be empty, and is before the login. */
  readonly prefix: string;
  /** The ids of the configured sources, in their order; none before the login. */
  readonly sources: readonly string[];
}

/** Begins a session and sets its cookie. A wrong token is a 401; several of them are followed by a 429 with `Retry-After`. */
export interface Login {
  readonly token: string;
}
