import { jsonAnswer, type Answer } from '../answer.ts';
import type { ApiCall, Route } from './route.ts';

/** What the token of the call may do; how a caller checks its token at start. */
export const tokenRoutes: readonly Route[] = [{ path: '/v4/tokens', methods: { GET: showToken }, isLimited: true }];

function showToken({ account, token }: ApiCall): Answer {
  return jsonAnswer(200, {
    access_token: token,
    client_id: account.id,
    identity_id: account.id,
    expires_in: 31_536_000,
    scopes: ['BACKEND'],
    type: 'MANAGED',
  });
}
