import { bearer, ExtoleOptionsError, splitBaseUrl } from './client-options.ts';
import { erasureBody } from './erasure-body.ts';

test.each([
  ['https://api.extole.io', 'https://api.extole.io', ''],
  ['https://api.extole.io/', 'https://api.extole.io', ''],
  ['http://127.0.0.1:3400/gateway/extole/', 'http://127.0.0.1:3400', '/gateway/extole'],
])('%s connects to %s and puts "%s" before every path', (baseUrl, origin, prefix) => {
  expect(splitBaseUrl(baseUrl)).toEqual({ origin, prefix });
});

test.each([
  'api.extole.io',
  'ftp://api.extole.io',
  'https://user:secret@api.extole.io',
  'https://api.extole.io?x=1',
  'https://api.extole.io#x',
])('%s is refused without being repeated', (baseUrl) => {
  expect(() => splitBaseUrl(baseUrl)).toThrow(ExtoleOptionsError);
  expect(() => splitBaseUrl(baseUrl)).not.toThrow(/secret|extole\.io/);
});

test.each(['', 'secret\n', 'a secret', 'sécret'])(
  'a token that no header can carry (%j) is refused without being repeated',
  (token) => {
    expect(() => bearer(token)).toThrow(ExtoleOptionsError);
    expect(() => bearer(token)).not.toThrow(/secret|sécret/);
  },
);

test('an erasure has these bytes', () => {
  expect(erasureBody({ note: 'del_abc', partnerUserId: '056tf9eqw24' })).toBe(
    '{"partner_user_id":"056tf9eqw24","note":"del_abc"}',
  );
});
