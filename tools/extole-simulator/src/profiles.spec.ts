import { describe, expect, it } from '@jest/globals';
import { Profiles, type Identity } from './profiles.ts';

function resolveAll(...identities: Identity[]) {
  const profiles = new Profiles();
  return { profiles, persons: identities.map((identity) => profiles.resolve(identity, 0)) };
}

describe('profiles', () => {
  it('are one per email, whatever its case', () => {
    const { persons } = resolveAll({ email: 'Ann@example.com' }, { email: ' ann@EXAMPLE.com' }, { email: 'bob@example.com' });
    expect(persons[1]).toBe(persons[0]);
    expect(persons[2]).not.toBe(persons[0]);
  });

  it('learn the email of a user known by partner_user_id', () => {
    const { persons } = resolveAll({ partnerUserId: 'u1' }, { partnerUserId: 'u1', email: 'a@x' }, { email: 'a@x' });
    expect(new Set(persons).size).toBe(1);
  });

  it('merge when an email turns out to be a known user', () => {
    const profiles = new Profiles();
    const byEmail = profiles.resolve({ email: 'a@x' }, 0);
    const byUser = profiles.resolve({ partnerUserId: 'u1' }, 0);
    byUser.setParameter('plan', 'pro', 'PUBLIC', 0);
    byUser.countEvent('registration');
    expect(profiles.resolve({ email: 'a@x', partnerUserId: 'u1' }, 0)).toBe(byEmail);
    expect(profiles.size).toBe(1);
    expect(profiles.withPartnerUserId('u1')).toEqual([byEmail]);
    expect(byEmail.parameters.get('plan')?.value).toBe('pro');
    expect(byEmail.events.get('registration')).toBe(1);
  });

  it('do not merge two emails that share a partner_user_id', () => {
    const { profiles, persons } = resolveAll({ email: 'a@x', partnerUserId: 'u1' }, { email: 'b@x', partnerUserId: 'u1' });
    expect(persons[1]).not.toBe(persons[0]);
    expect(profiles.withPartnerUserId('u1')).toHaveLength(2);
  });

  it('know an anonymous user again, and keep nameless events apart', () => {
    const { persons } = resolveAll({ anonymousId: 'x' }, { anonymousId: 'x' }, {}, {});
    expect(persons[1]).toBe(persons[0]);
    expect(new Set(persons).size).toBe(3);
  });

  it('are gone from every key once removed', () => {
    const { profiles, persons } = resolveAll({ email: 'a@x', partnerUserId: 'u1', anonymousId: 'x' });
    profiles.remove(persons[0]!);
    expect(profiles.size).toBe(0);
    for (const identity of [{ email: 'a@x' }, { partnerUserId: 'u1' }, { anonymousId: 'x' }]) {
      expect(profiles.resolve(identity, 0)).not.toBe(persons[0]);
    }
  });
});
