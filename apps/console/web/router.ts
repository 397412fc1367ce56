import { useEffect, useState } from 'preact/hooks';
import type { Place, SubjectHash } from '../src/api/index.ts';

/** Every address of the page. It stands behind the `#`, which no browser sends to a server. */
export type Route =
  | { readonly view: 'overview'; readonly source?: string }
  | { readonly view: 'find' }
  | { readonly view: 'timeline'; readonly source: string; readonly subject: SubjectHash; readonly place?: Place }
  | { readonly view: 'dead-letters' }
  | { readonly view: 'replays'; readonly run?: { readonly source: string; readonly id: string } }
  | { readonly view: 'deletions'; readonly id?: string }
  | { readonly view: 'playground' }
  | { readonly view: 'audit' }
  | { readonly view: 'nowhere' };

/** @param hash as `location.hash` gives it */
export function parseRoute(hash: string): Route {
  const [view = '', ...rest] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decoded);
  const [first, second, third] = rest;
  switch (view) {
    case '':
      return { view: 'overview' };
    case 'sources':
      return { view: 'overview', ...(first !== undefined && { source: first }) };
    case 'find':
      return first === undefined || second === undefined ? { view: 'find' } : timelineRoute(first, second, third);
    case 'replays':
      return { view, ...(first !== undefined && second !== undefined && { run: { source: first, id: second } }) };
    case 'deletions':
      return { view, ...(first !== undefined && { id: first }) };
    case 'dead-letters':
    case 'playground':
    case 'audit':
      return { view };
    default:
      return { view: 'nowhere' };
  }
}

/** The address of a route, to be used as a link's `href`. */
export function hrefOf(route: Route): string {
  return `#/${partsOf(route).map(encodeURIComponent).join('/')}`;
}

function partsOf(route: Route): readonly string[] {
  switch (route.view) {
    case 'overview':
      return route.source === undefined ? [] : ['sources', route.source];
    case 'timeline':
      return ['find', route.source, route.subject, ...(route.place === undefined ? [] : [slugOf(route.place)])];
    case 'replays':
      return ['replays', ...(route.run === undefined ? [] : [route.run.source, route.run.id])];
    case 'deletions':
      return ['deletions', ...(route.id === undefined ? [] : [route.id])];
    case 'find':
    case 'dead-letters':
    case 'playground':
    case 'audit':
      return [route.view];
    case 'nowhere':
      return [];
  }
}

export function navigate(route: Route): void {
  location.hash = hrefOf(route);
}

/** The route of now; the component renders again when it changes. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = (): void => setHash(location.hash);
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return parseRoute(hash);
}

function timelineRoute(source: string, subject: string, slug: string | undefined): Route {
  const match = /^(\d+)-(\d+)$/.exec(slug ?? '');
  if (match === null) return { view: 'timeline', source, subject };
  return { view: 'timeline', source, subject, place: { partition: Number(match[1]), offset: Number(match[2]) } };
}

function slugOf({ partition, offset }: Place): string {
  return `${partition}-${offset}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
