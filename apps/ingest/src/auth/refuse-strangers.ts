import type { FastifyRequest } from 'fastify';
import { doorOf } from '../doors/door.ts';
import { Refusal } from '../http/refusal.ts';
import { basicKey } from './basic-key.ts';
import type { KeyRing } from './key-ring.ts';
import { permittedSender, writingSender } from './permitted-sender.ts';
import { isSignature, unknownSignature } from './webhook-signature.ts';

/**
 * Refuses by a request's head alone, before a byte of its body is read, what its door will refuse in any case: a key that is missing or
 * not ours. Who the sender is, the door itself asks.
 *
 * @returns whether the head says who sends; else the body has to (a key in it, or what is signed)
 * @throws Refusal as the door does
 */
export function refuseStrangers(request: FastifyRequest, keys: KeyRing): boolean {
  const { authorization, 'x-signature': signature } = request.headers;
  // Nobody's door; nor is a body read there.
  if (request.is404) throw new Refusal(404, 'not found');
  const key = basicKey(authorization);
  switch (doorOf(request)) {
    case 'partner':
      permittedSender(keys.check(key, 'extole'));
      return true;
    case 'deletion':
      permittedSender(keys.check(key, 'deletion'));
      return true;
    case 'webhook':
      if (!isSignature(signature)) throw new Refusal(401, unknownSignature);
      return false;
    case 'tracking':
      if (key !== undefined) writingSender(keys.check(key, 'write'));
      return key !== undefined;
  }
}
