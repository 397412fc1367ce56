import type { Account } from '../account.ts';
import type { Answer } from '../answer.ts';
import type { Behaviour } from '../behaviour.ts';
import type { JsonObject } from '../json.ts';
import type { RateLimits } from '../rate-limits.ts';

/** An authenticated call of the Extole API. */
export interface ApiCall {
  readonly account: Account;
  readonly token: string;
  /** What the path gives for the placeholders of the route. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON body; empty for a GET. */
  readonly body: JsonObject;
  readonly behaviour: Behaviour;
  /** Undefined while limits are not enforced. */
  readonly limits: RateLimits | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
export type Handler = (call: ApiCall) => Answer;

/** One documented path and what its methods do. */
export interface Route {
  /** With placeholders: `/v5/persons/{person_id}`. */
  readonly path: string;
  readonly methods: Partial<Readonly<Record<Method, Handler>>>;
  /** Whether calls count towards the 100 a minute of a token. */
  readonly isLimited: boolean;
}

export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a path. */
export class RouteTable {
  private readonly fixed = new Map<string, RouteMatch>();
  private readonly patterns: { readonly route: Route; readonly segments: readonly string[] }[] = [];

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      if (route.path.includes('{')) this.patterns.push({ route, segments: route.path.split('/') });
      else this.fixed.set(route.path, { route, params: {} });
    }
  }

  find(path: string): RouteMatch | undefined {
    // Most calls go to a fixed path, so those cost one look-up.
    return this.fixed.get(path) ?? this.findPattern(path.split('/'));
  }

  private findPattern(actual: readonly string[]): RouteMatch | undefined {
    for (const { route, segments } of this.patterns) {
      const params = paramsOf(segments, actual);
      if (params !== undefined) return { route, params };
    }
    return undefined;
  }
}

function paramsOf(segments: readonly string[], actual: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== actual.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const value = actual[index] ?? '';
    if (segment.startsWith('{') && value !== '') params[segment.slice(1, -1)] = decoded(value);
    else if (segment !== value) return undefined;
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
