/** What a route answers, before anything is written to a socket. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The call repeated a unique key, so it had no effect. */
  readonly deduplicated?: boolean;
}

export function jsonAnswer(status: number, value: unknown): Answer {
  return { status, body: JSON.stringify(value) };
}
