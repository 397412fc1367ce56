/** Which call an answer belongs to: an event, an erasure, or the check of the access token. */
export type CallKind = 'event' | 'erasure' | 'token';

/** An answer of Extole's, as far as the taxonomy reads it. */
export interface Answer {
  readonly status: number;
  /** Lower-case names, as undici and node:http give them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body's text, cut off at the client's bound. */
  readonly body: string;
}
