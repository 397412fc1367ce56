import { jsonAnswer, type Answer } from '../answer.ts';
import { identityOf } from '../account.ts';
import { errorAnswer } from '../errors.ts';
import { textOf } from '../json.ts';
import type { ApiCall, Route } from './route.ts';

export const erasureRoutes: readonly Route[] = [
  { path: '/v4/erasures', methods: { POST: erase }, isLimited: true },
  { path: '/v4/erasures/{erasure_id}', methods: { GET: showErasure }, isLimited: true },
];

function erase({ account, body, behaviour, now }: ApiCall): Answer {
  const { email, partnerUserId } = identityOf(body);
  if (email === undefined && partnerUserId === undefined) {
    return errorAnswer('validation_error', { description: 'email or partner_user_id is required' });
  }
  return jsonAnswer(200, account.erase({ email, partnerUserId }, behaviour.erasureStatus, textOf(body['note']) ?? null, now));
}

function showErasure({ account, params }: ApiCall): Answer {
  const erasure = account.erasure(params['erasure_id'] ?? '');
  return erasure === undefined ? errorAnswer('erasure_not_found') : jsonAnswer(200, erasure);
}
