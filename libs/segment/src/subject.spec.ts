import { SubjectHasher, subjectKeyOf, toSubjectKey } from './subject.ts';

describe('the subject of an event', () => {
  it('is userId, else partner_user_id of properties or traits, else anonymousId', () => {
    const properties = { partner_user_id: 'p1' };
    expect(subjectKeyOf({ userId: 'u1', properties, anonymousId: 'a1' })).toBe('u1');
    expect(subjectKeyOf({ properties, traits: { partner_user_id: 'p2' }, anonymousId: 'a1' })).toBe('p1');
    expect(subjectKeyOf({ traits: { partner_user_id: 42 }, anonymousId: 'a1' })).toBe('42');
    expect(subjectKeyOf({ properties: { partner_user_id: '' }, anonymousId: 'a1' })).toBe('a1');
    expect(subjectKeyOf({})).toBeUndefined();
  });

  it('survives the way through UTF-8, so that its hash does not change in the log', () => {
    const subject = toSubjectKey('a\udc00b😀');
    expect(Buffer.from(subject).toString()).toBe(subject);
    expect(subject).toContain('😀');
  });
});

describe('hashes', () => {
  const hasher = new SubjectHasher('0123456789abcdef', 'shop');
  const subject = toSubjectKey('u1');

  it('are 32 hex digits, the same for the same', () => {
    expect(hasher.subject(subject)).toMatch(/^[0-9a-f]{32}$/);
    expect(hasher.subject(subject)).toBe(new SubjectHasher('0123456789abcdef', 'shop').subject(subject));
  });

  it('cannot be linked between sources or keys', () => {
    expect(new SubjectHasher('0123456789abcdef', 'app').subject(subject)).not.toBe(hasher.subject(subject));
    expect(new SubjectHasher('fedcba9876543210', 'shop').subject(subject)).not.toBe(hasher.subject(subject));
  });

  it('of dedup keys keep the boundary between kind and key', () => {
    const hashed = hasher.subject(subject);
    expect(hasher.dedupKey(hashed, 'a', 'bc')).not.toBe(hasher.dedupKey(hashed, 'ab', 'c'));
  });
});
