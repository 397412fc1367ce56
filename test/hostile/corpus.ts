import { bodyCases } from './body-cases.ts';
import { credentialCases } from './credential-cases.ts';
import { encodingCases } from './encoding-cases.ts';
import type { AttackedKeys, DoorName, HostileCase } from './hostile-case.ts';
import { messageCases } from './message-cases.ts';

/** Everything that a hostile or broken sender may put into one request of the door, with what it must be answered. */
export function corpusOf(door: DoorName, keys: AttackedKeys): HostileCase[] {
  return [messageCases, bodyCases, encodingCases, credentialCases].flatMap((cases) => cases(door, keys));
}

export * from './hostile-case.ts';
export { judge, type DoorAnswer } from './judge.ts';
