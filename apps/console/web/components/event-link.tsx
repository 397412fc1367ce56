import type { ComponentChildren, JSX } from 'preact';
import type { Place, SubjectHash } from '../../src/api/index.ts';
import { hrefOf } from '../router.ts';

export interface EventLinkProps {
  readonly source: string;
  readonly subject: SubjectHash;
  readonly place: Place;
  readonly children: ComponentChildren;
}

/** To an event in the timeline of its user. */
export function EventLink({ source, subject, place, children }: EventLinkProps): JSX.Element {
  return <a href={hrefOf({ view: 'timeline', source, subject, place })}>{children}</a>;
}

/** `3:120`: partition and offset, as the command line writes them. */
export function placeText({ partition, offset }: Place): string {
  return `${partition}:${offset}`;
}

export function isSamePlace(a: Place, b: Place | undefined): boolean {
  return b !== undefined && a.partition === b.partition && a.offset === b.offset;
}
