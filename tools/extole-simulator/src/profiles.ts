import { nextId } from './ids.ts';
import type { JsonValue } from './json.ts';

export const SCOPES = ['PUBLIC', 'PRIVATE', 'CLIENT'] as const;
export type Scope = (typeof SCOPES)[number];

export interface Parameter {
  readonly id: string;
  value: JsonValue;
  scope: Scope;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  updatedAt: number;
}

/** That a programme has taken note of an event. */
export interface Step {
  readonly id: string;
  /** The event's. */
  readonly name: string;
  readonly eventId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The identity fields of one event. */
export interface Identity {
  readonly personId?: string | undefined;
  readonly email?: string | undefined;
  readonly partnerUserId?: string | undefined;
  readonly anonymousId?: string | undefined;
}

/** One person as Extole knows it. */
export class Profile {
  readonly personId = nextId();
  email: string | undefined;
  readonly partnerUserIds = new Set<string>();
  readonly anonymousIds = new Set<string>();
  readonly parameters = new Map<string, Parameter>();
  readonly steps: Step[] = [];
  /** How many events of each name had an effect. */
  readonly events = new Map<string, number>();
  /** Unique keys that this person's events took; given back when the person is erased. */
  readonly uniqueKeys = new Set<string>();

  constructor(readonly createdAt: number) {}

  setParameter(name: string, value: JsonValue, scope: Scope, now: number): Parameter {
    let parameter = this.parameters.get(name);
    if (parameter === undefined) {
      parameter = { id: nextId(), value, scope, createdAt: now, updatedAt: now };
      this.parameters.set(name, parameter);
    }
    parameter.value = value;
    parameter.scope = scope;
    parameter.updatedAt = now;
    return parameter;
  }

  countEvent(name: string): void {
    this.events.set(name, (this.events.get(name) ?? 0) + 1);
  }
}

/**
 * The persons of one account, found by Extole's identity rules: the email is the primary key and the only one that merges
 * profiles; `partner_user_id` is secondary and may belong to several; an anonymous id is the last resort.
 */
export class Profiles {
  private readonly byId = new Map<string, Profile>();
  private readonly byEmail = new Map<string, Profile>();
  private readonly byPartnerUserId = new Map<string, Set<Profile>>();
  private readonly byAnonymousId = new Map<string, Profile>();

  get size(): number {
    return this.byId.size;
  }

  all(): IterableIterator<Profile> {
    return this.byId.values();
  }

  withId(personId: string): Profile | undefined {
    return this.byId.get(personId);
  }

  withEmail(email: string): Profile | undefined {
    return this.byEmail.get(normalEmail(email));
  }

  withPartnerUserId(partnerUserId: string): Profile[] {
    return [...(this.byPartnerUserId.get(partnerUserId) ?? [])];
  }

  /** The profile that an event belongs to; made, completed or merged as its identity asks for. */
  resolve(identity: Identity, now: number): Profile {
    const profile = this.find(identity) ?? this.create(now);
    this.attach(profile, identity);
    return profile;
  }

  /** Removes a person from every index: a later event makes a new one. */
  remove(profile: Profile): void {
    this.byId.delete(profile.personId);
    if (profile.email !== undefined) this.byEmail.delete(profile.email);
    for (const id of profile.partnerUserIds) this.unlinkPartnerUserId(id, profile);
    for (const id of profile.anonymousIds) this.byAnonymousId.delete(id);
  }

  private find({ personId, email, partnerUserId, anonymousId }: Identity): Profile | undefined {
    const known = personId === undefined ? undefined : this.byId.get(personId);
    if (known !== undefined) return known;
    const holders = partnerUserId === undefined ? [] : this.withPartnerUserId(partnerUserId);
    if (email !== undefined) {
      // Not a holder with another email: two emails are two persons, who may share a partner_user_id.
      const nameless = holders.find((holder) => holder.email === undefined);
      const owner = this.withEmail(email);
      if (owner !== undefined && nameless !== undefined && owner !== nameless) this.merge(nameless, owner);
      return owner ?? nameless;
    }
    return partnerUserId === undefined ? this.byAnonymousId.get(anonymousId ?? '') : holders.at(-1);
  }

  private create(now: number): Profile {
    const profile = new Profile(now);
    this.byId.set(profile.personId, profile);
    return profile;
  }

  private attach(profile: Profile, { email, partnerUserId, anonymousId }: Identity): void {
    if (email !== undefined && profile.email === undefined) {
      profile.email = normalEmail(email);
      this.byEmail.set(profile.email, profile);
    }
    if (partnerUserId !== undefined) this.linkPartnerUserId(partnerUserId, profile);
    if (anonymousId !== undefined) {
      this.byAnonymousId.get(anonymousId)?.anonymousIds.delete(anonymousId);
      profile.anonymousIds.add(anonymousId);
      this.byAnonymousId.set(anonymousId, profile);
    }
  }

  private merge(from: Profile, into: Profile): void {
    this.remove(from);
    for (const id of from.partnerUserIds) this.linkPartnerUserId(id, into);
    for (const id of from.anonymousIds) this.attach(into, { anonymousId: id });
    for (const [name, parameter] of from.parameters) if (!into.parameters.has(name)) into.parameters.set(name, parameter);
    for (const [name, count] of from.events) into.events.set(name, (into.events.get(name) ?? 0) + count);
    into.steps.push(...from.steps);
    for (const key of from.uniqueKeys) into.uniqueKeys.add(key);
  }

  private linkPartnerUserId(id: string, profile: Profile): void {
    profile.partnerUserIds.add(id);
    const holders = this.byPartnerUserId.get(id);
    if (holders === undefined) this.byPartnerUserId.set(id, new Set([profile]));
    else holders.add(profile);
  }

  private unlinkPartnerUserId(id: string, profile: Profile): void {
    const holders = this.byPartnerUserId.get(id);
    holders?.delete(profile);
    if (holders?.size === 0) this.byPartnerUserId.delete(id);
  }
}

function normalEmail(email: string): string {
  return email.trim().toLowerCase();
}
