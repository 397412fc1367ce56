/**
 * Which call an answer belongs to: an event, an erasure, the check of the access token; or a step of an identify that sets parameters on its person:
 * the event whose answer names the person, the read of what the person has, the write of one parameter; or the question what an event has led to.
 */
export type CallKind = 'event' | 'erasure' | 'token' | 'identify' | 'read' | 'write' | 'steps';

/** An answer of Extole's, as far as the taxonomy reads it. */
export interface Answer {
  readonly status: number;
  /** Lower-case names, as undici and node:http give them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body's text, cut off at the client's bound. */
  readonly body: string;
}
