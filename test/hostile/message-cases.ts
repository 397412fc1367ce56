import { bodyOf, goodMembers, withField } from './good-message.ts';
import {
  GOOD,
  hostileCase,
  refusedWith,
  type AttackedKeys,
  type DoorName,
  type Expected,
  type HostileCase,
} from './hostile-case.ts';
import { CANARY, objectText, text } from './json-text.ts';
import { EVENT_FIELDS, eventFate, mayBeDeleted, partnerIdFate, typeFate, type Fate } from './rules.ts';
import { HOSTILE_VALUES, type HostileValue } from './values.ts';

/** One message that is good but for one field, for every field and every hostile value. */
export function messageCases(door: DoorName, keys: AttackedKeys): HostileCase[] {
  if (door === 'deletion') return deletionCases(door, keys, []);
  const eventCases = HOSTILE_VALUES.flatMap((value) => [
    ...EVENT_FIELDS.map((field) => fieldCase(door, keys, field, value)),
    partnerIdCase(door, keys, value),
    ...(door === 'tracking' ? [] : [typeCase(door, keys, value)]),
  ]);
  return [
    ...eventCases,
    ...peculiarMessages(door, keys),
    ...(door === 'partner' ? deletionCases(door, keys, [['type', '"delete"']]) : []),
  ];
}

function fieldCase(door: DoorName, keys: AttackedKeys, field: string, value: HostileValue): HostileCase {
  const message = objectText(withField(goodMembers(door), field, value.json));
  return eventCase(door, keys, `${field} is ${value.name}`, message, eventFate(field, value.kind));
}

function partnerIdCase(door: DoorName, keys: AttackedKeys, value: HostileValue): HostileCase {
  const members = goodMembers(door).filter(([name]) => name !== 'userId');
  const message = objectText([...members, ['anonymousId', '"a1"'], ['properties', `{"partner_user_id":${value.json}}`]]);
  return eventCase(door, keys, `partner_user_id is ${value.name}`, message, partnerIdFate(value.kind));
}

function typeCase(door: DoorName, keys: AttackedKeys, value: HostileValue): HostileCase {
  const message = objectText(withField(goodMembers(door), 'type', value.json));
  return eventCase(door, keys, `type is ${value.name}`, message, typeFate(value.kind));
}

function eventCase(door: DoorName, keys: AttackedKeys, name: string, message: string, fate: Fate): HostileCase {
  return hostileCase(door, keys, { name, body: bodyOf(door, message), expected: expectedOf(door, fate) });
}

function expectedOf(door: DoorName, fate: Fate): Expected {
  if (door === 'batch') return { status: 200, records: fate === 'kept' ? 3 : 2 };
  if (fate === 'kept') return GOOD[door];
  switch (door) {
    case 'partner':
      return refusedWith(fate === 'unknown-type' ? 501 : 400);
    case 'tracking':
      // The one message is the whole payload; every other fault of it is counted behind a 200 (wire.md 1.1).
      return refusedWith(fate === 'too-large' ? 400 : 200);
    case 'webhook':
    case 'deletion':
      return refusedWith(200);
  }
}

/** Faults of a message that are not in the value of a field. */
function peculiarMessages(door: DoorName, keys: AttackedKeys): HostileCase[] {
  const good = goodMembers(door);
  const without = (field: string): string => objectText(good.filter(([name]) => name !== field));
  const manyKeys = Array.from({ length: 5_000 }, (_, n) => [`key${n}`, '0'] as const);
  const cases: [name: string, message: string, fate: Fate][] = [
    ['no user', without('userId'), 'refused'],
    ['no event name', without('event'), 'refused'],
    ['no message id', without('messageId'), 'kept'],
    ['every field twice', objectText([...good, ...good]), 'kept'],
    ['two users: the last one counts', objectText([...good, ['userId', '"second"']]), 'kept'],
    ['a second user that is none', objectText([...good, ['userId', 'null']]), 'refused'],
    [
      'a user that only __proto__ has',
      objectText([...good.filter(([name]) => name !== 'userId'), ['__proto__', `{"userId":"${CANARY}"}`]]),
      'refused',
    ],
    [
      'a user that only a constructor has',
      objectText([...good.filter(([name]) => name !== 'userId'), ['constructor', `{"userId":"${CANARY}"}`]]),
      'refused',
    ],
    ['5,000 keys', objectText([...good, ...manyKeys]), 'too-large'],
    ['just too many bytes', padded(good, 32 * 1024 + 1), 'too-large'],
    ['as many bytes as there may be', padded(good, 32 * 1024), 'kept'],
    ['fields in many spellings', objectText([...good, ['USERID', '7'], ['user_id', '{}'], ['Message-Id', '[]']]), 'kept'],
  ];
  return cases.map(([name, message, fate]) => eventCase(door, keys, name, message, fate));
}

function padded(members: readonly (readonly [string, string])[], bytes: number): string {
  const frame = Buffer.byteLength(objectText([...members, ['channel', '""']]));
  return objectText([...members, ['channel', text('x'.repeat(bytes - frame))]]);
}

/** A deletion relies on `userId` alone: whatever else stands in it must neither fail it nor turn it into something else. */
function deletionCases(
  door: 'deletion' | 'partner',
  keys: AttackedKeys,
  members: readonly (readonly [string, string])[],
): HostileCase[] {
  const good = [['userId', text(`${CANARY}-user`)] as const, ...members];
  const taken = { status: 202, records: 2 };
  const ofField = (field: string, value: HostileValue, isTaken: boolean): HostileCase =>
    hostileCase(door, keys, {
      name: `a deletion whose ${field} is ${value.name}`,
      body: objectText(withField(good, field, value.json)),
      expected: isTaken ? taken : refusedWith(400),
    });
  return HOSTILE_VALUES.flatMap((value) => [
    ofField('userId', value, mayBeDeleted(value.kind)),
    ...['messageId', 'context', 'integrations', 'originalTimestamp', 'anonymousId', '__proto__', 'constructor', 'toString'].map(
      (field) => ofField(field, value, true),
    ),
    ...(door === 'deletion' ? [ofField('type', value, value.kind === 'null')] : []),
  ]);
}
