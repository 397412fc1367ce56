import { Refusal } from '../http/refusal.ts';
import type { KeyCheck } from './key-ring.ts';
import type { Sender } from './sender.ts';

/** @throws Refusal: 401 for a key that is not ours, 403 for one of ours that is for another door. */
export function permittedSender(check: KeyCheck): Sender {
  switch (check.kind) {
    case 'permitted':
      return check.sender;
    case 'not-permitted':
      throw new Refusal(403, 'this key is not for this');
    case 'unknown':
      throw new Refusal(401, 'the key is missing or unknown');
  }
}

/**
 * One answer for every wrong key: whoever probes with a stolen key does not learn what it is for.
 *
 * @throws Refusal: 401 for a key that is no write key
 */
export function writingSender(check: KeyCheck): Sender {
  if (check.kind !== 'permitted') throw new Refusal(401, 'the write key is missing or unknown');
  return check.sender;
}
