import { parseDeletion } from './deletion.ts';

describe('the body of the deletion door', () => {
  it('is the documented one', () => {
    expect(parseDeletion({ userId: '056tf9eqw24' })).toEqual({ kind: 'deletion', userId: '056tf9eqw24' });
  });

  it.each([
    ['not_an_object', ['u1']],
    ['missing_user_id', {}],
    ['missing_user_id', { userId: '' }],
    ['missing_user_id', { anonymousId: 'a1' }],
    ['invalid_user_id', { userId: true }],
    ['invalid_user_id', { userId: 2 ** 60 }],
    ['invalid_user_id', { userId: 'u'.repeat(900_000) }],
    ['unknown_type', { type: 'identify', userId: 'u1' }],
  ])('is refused with %s', (reason, raw) => {
    expect(parseDeletion(raw)).toEqual({ kind: 'rejected', reason });
  });
});
