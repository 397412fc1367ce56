import { CANARY, objectText, text } from './json-text.ts';
import type { DoorName } from './hostile-case.ts';

type Member = readonly [name: string, json: string];

/** The members of a complete message of the door: what a hostile one differs from in one thing. */
export function goodMembers(door: DoorName): Member[] {
  if (door === 'deletion') return [['userId', text(`${CANARY}-user`)]];
  return [
    ['type', '"track"'],
    ['userId', text(`${CANARY}-user`)],
    ['event', text(`${CANARY} Event`)],
    ['messageId', text(`${CANARY}-message`)],
  ];
}

/** The members with `field` set to `json` instead of what it was. */
export function withField(members: readonly Member[], field: string, json: string): Member[] {
  return [...members.filter(([name]) => name !== field), [field, json]];
}

export const NEIGHBOURS = [1, 2].map((n) =>
  objectText([
    ['type', '"track"'],
    ['userId', text(`neighbour-${n}`)],
    ['event', '"Neighbour"'],
  ]),
);

/** A body of the door around one message; at the batch door it stands between two good ones. */
export function bodyOf(door: DoorName, message: string): string {
  if (door !== 'batch') return message;
  const [before = '', after = ''] = NEIGHBOURS;
  return `{"batch":[${before},${message},${after}]}`;
}

/** A good body of the door, with one message in it. */
export function goodBody(door: DoorName): string {
  const message = objectText(goodMembers(door));
  return door === 'batch' ? `{"batch":[${message}]}` : message;
}
