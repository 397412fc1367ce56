import type { SourceSettings } from '#config';
import { Refusal } from '../http/refusal.ts';
import type { KeyCheck } from './key-ring.ts';

/** @throws Refusal: 401 for a key that is not ours, 403 for one of ours that is for another door. */
export function permittedSource(check: KeyCheck): SourceSettings {
  switch (check.kind) {
    case 'permitted':
      return check.source;
    case 'not-permitted':
      throw new Refusal(403, 'this key is not for this');
    case 'unknown':
      throw new Refusal(401, 'the key is missing or unknown');
  }
}
