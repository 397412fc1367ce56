import type { ApiError, ApiRoutes } from '../src/api/index.ts';

/** Routes that answer once, unlike the event stream. */
type AskRoute = { [R in keyof ApiRoutes]: ApiRoutes[R] extends { readonly answer: unknown } ? R : never }[keyof ApiRoutes];
type AnswerOf<R extends AskRoute> = ApiRoutes[R] extends { readonly answer: infer Answer } ? Answer : never;

type ParamOf<R extends string> = R extends `${string}{${infer Param}}${infer Rest}` ? Param | ParamOf<Rest> : never;
type Params<R extends AskRoute> = [ParamOf<R>] extends [never]
  ? { readonly params?: undefined }
  : { readonly params: Readonly<Record<ParamOf<R>, string | number>> };
type Query<R extends AskRoute> = ApiRoutes[R] extends { readonly query: infer Q }
  ? { readonly query?: Q }
  : { readonly query?: undefined };
type Body<R extends AskRoute> = ApiRoutes[R] extends { readonly body: infer B }
  ? { readonly body: B }
  : { readonly body?: undefined };
/** What a route takes: the parameters of its path, its query and its body, as far as it has them. */
export type Question<R extends AskRoute> = Params<R> & Query<R> & Body<R> & { readonly signal?: AbortSignal };

/** An answer that is no 2xx, or none at all (status 0). The message is for the reader of the page. */
export class ApiFailure extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const NO_ANSWER =
  'The console does not answer. Check that it runs and that this machine reaches it; this page tries again by itself.';

/** Whether somebody has touched the page since it last asked for anything: a session does not live on what a page refreshes by itself. */
let isAttended = true;
for (const input of ['pointerdown', 'keydown'])
  addEventListener(input, () => (isAttended = true), { capture: true, passive: true });

let signedOut: () => void = () => {};

/** What happens when an answer says that the token is missing or no longer good. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

/**
 * Asks the console's API.
 *
 * @throws ApiFailure on everything but a 2xx
 */
export async function ask<R extends AskRoute>(route: R, question: Question<R>): Promise<AnswerOf<R>> {
  const [method = 'GET', template = ''] = route.split(' ');
  const { params, query, body, signal } = question as LooseQuestion;
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params?.[name] ?? '')));
  const sending = send(`${path}${searchOf(query)}`, {
    method,
    headers: {
      'x-bridge-console': isAttended ? '1' : 'refresh',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  });
  isAttended = false;
  const response = await sending;
  if (response.ok) return (await response.json()) as AnswerOf<R>;
  const failure = new ApiFailure(response.status, await messageOf(response));
  if (response.status === 401 && path !== '/api/login') signedOut();
  throw failure;
}

interface LooseQuestion {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiFailure(0, NO_ANSWER);
  }
}

function searchOf(query: LooseQuestion['query']): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) search.set(name, value);
  return search.size === 0 ? '' : `?${search.toString()}`;
}

async function messageOf(response: Response): Promise<string> {
  try {
    return ((await response.json()) as ApiError).message;
  } catch {
    return `The console answered ${response.status}. Its log says more.`;
  }
}
