import { readTokenAnswer } from './token-answer.ts';

const token = (fields: object): string =>
  JSON.stringify({ access_token: 'a.b.c', token_type: 'Bearer', expires_in: 300, ...fields });

describe('an answer of a token endpoint', () => {
  it('is a token and how long it lasts', () => {
    expect(readTokenAnswer(200, token({}))).toEqual({ value: 'a.b.c', lifetimeMs: 300_000 });
    expect(readTokenAnswer(200, token({ expires_in: '3599' }))).toEqual({ value: 'a.b.c', lifetimeMs: 3_599_000 });
  });

  it.each([
    [401, '{"error":"invalid_client"}', '401 (invalid_client): check KAFKA_OAUTH_CLIENT_ID and KAFKA_OAUTH_CLIENT_SECRET'],
    [400, '{"error":"invalid_scope"}', '400 (invalid_scope): check KAFKA_OAUTH_SCOPE'],
    [403, '', '403: check KAFKA_OAUTH_CLIENT_ID and KAFKA_OAUTH_CLIENT_SECRET'],
    [404, '<html>', '404: check KAFKA_OAUTH_TOKEN_URL'],
    [302, '', '302: check KAFKA_OAUTH_TOKEN_URL'],
    [429, '', '429: its own trouble; it is asked again'],
    [500, '{"error":"the secret s3cr3t"}', '500: its own trouble; it is asked again'],
    [200, '<html>Sign in</html>', 'with something that is no token: check KAFKA_OAUTH_TOKEN_URL'],
    [200, 'null', 'with something that is no token: check KAFKA_OAUTH_TOKEN_URL'],
    [200, token({ access_token: '' }), 'with something that is no token: check KAFKA_OAUTH_TOKEN_URL'],
    [200, token({ access_token: 'two\u0001parts' }), 'with something that is no token: check KAFKA_OAUTH_TOKEN_URL'],
    [
      200,
      token({ expires_in: undefined }),
      'without expires_in, so that nobody knows when the token runs out: have the provider tell it',
    ],
    [
      200,
      token({ expires_in: -1 }),
      'without expires_in, so that nobody knows when the token runs out: have the provider tell it',
    ],
  ])('of %i %s is told so that somebody can act on it, and quotes nothing of theirs', (status, body, fault) => {
    expect(readTokenAnswer(status, body)).toEqual({ fault });
  });
});
