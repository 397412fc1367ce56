import { createHash } from 'node:crypto';
import { nextId } from './ids.ts';
import { textOf, type JsonObject } from './json.ts';
import { Profiles, type Identity, type Profile, type Scope } from './profiles.ts';

export interface Erasure {
  readonly id: string;
  readonly status: string;
  readonly note: string | null;
  readonly created_date: string;
}

/** An event that has come in, with what the account's programmes make of its name. */
export interface IncomingEvent {
  readonly id: string;
  readonly name: string;
  readonly data: JsonObject;
  /** The field of `data` that is the event's unique partner key, if its name has one. */
  readonly uniqueField: string | undefined;
  /** Of parameters that the person does not have yet. */
  readonly scope: Scope;
  readonly isListenedTo: boolean;
}

export interface RecordedEvent {
  readonly personId: string;
  /** The event repeated a unique key: the first one has won, this one changed nothing. */
  readonly deduplicated: boolean;
}

/** Fields of an event's `data` that are not parameters of the person. */
const NOT_PARAMETERS: ReadonlySet<string> = new Set([
  'email',
  'partner_user_id',
  'partner_anonymous_id',
  'person_id',
  'partner_event_id',
  'event_time',
  'labels',
  'extole_app',
  'extole_consumer_ip',
]);

/** One Extole client: what a token gives access to. Two tokens are two accounts, which share nothing. */
export class Account {
  readonly profiles = new Profiles();
  private readonly takenKeys = new Set<string>();
  private readonly erasures = new Map<string, Erasure>();

  constructor(readonly id: string) {}

  /** Takes an event's effect: finds or makes its person, writes its `data` as parameters, and adds a step if a programme listens to it. */
  recordEvent({ id, name, data, uniqueField, scope, isListenedTo }: IncomingEvent, now: number): RecordedEvent {
    const unique = uniqueField === undefined ? undefined : textOf(data[uniqueField]);
    const key = unique === undefined ? undefined : JSON.stringify([name, unique]);
    const profile = this.profiles.resolve(identityOf(data), now);
    if (key !== undefined && this.takenKeys.has(key)) return { personId: profile.personId, deduplicated: true };
    if (key !== undefined) {
      this.takenKeys.add(key);
      profile.uniqueKeys.add(key);
    }
    for (const [field, value] of Object.entries(data)) {
      if (!NOT_PARAMETERS.has(field)) profile.setParameter(field, value, profile.parameters.get(field)?.scope ?? scope, now);
    }
    profile.countEvent(name);
    if (isListenedTo) profile.steps.push({ id: nextId(), name, eventId: id, at: now });
    return { personId: profile.personId, deduplicated: false };
  }

  /** Erases every person who has the email or the partner_user_id, unless `status` is FAILED. Nobody having it is a success too. */
  erase(target: Pick<Identity, 'email' | 'partnerUserId'>, status: string, note: string | null, now: number): Erasure {
    if (status !== 'FAILED') for (const profile of this.personsOf(target)) this.forget(profile);
    const erasure = { id: nextId(), status, note, created_date: new Date(now).toISOString() };
    this.erasures.set(erasure.id, erasure);
    return erasure;
  }

  erasure(id: string): Erasure | undefined {
    return this.erasures.get(id);
  }

  /** The persons who have the email, or the partner_user_id. */
  personsOf({ email, partnerUserId }: Pick<Identity, 'email' | 'partnerUserId'>): Profile[] {
    const byEmail = email === undefined ? undefined : this.profiles.withEmail(email);
    const byPartner = partnerUserId === undefined ? [] : this.profiles.withPartnerUserId(partnerUserId);
    return [...new Set([...(byEmail === undefined ? [] : [byEmail]), ...byPartner])];
  }

  private forget(profile: Profile): void {
    this.profiles.remove(profile);
    for (const key of profile.uniqueKeys) this.takenKeys.delete(key);
  }
}

/** The accounts behind the accepted tokens. */
export class Accounts {
  private readonly known = new Map<string, Account>();
  private accepted = new Map<string, Account>();

  constructor(tokens: readonly string[]) {
    this.accept(tokens);
  }

  /** Accepts exactly these tokens from now on; an account keeps its contents while its token is refused. */
  accept(tokens: readonly string[]): void {
    this.accepted = new Map(tokens.map((token) => [token, this.accountOf(token)]));
  }

  /** The account of an accepted token. */
  withToken(token: string): Account | undefined {
    return this.accepted.get(token);
  }

  all(): readonly Account[] {
    return [...this.known.values()];
  }

  private accountOf(token: string): Account {
    // The ledger shows the account of each call, so its id must not be the token.
    const id = createHash('sha256').update(token).digest('hex').slice(0, 8);
    const account = this.known.get(id) ?? new Account(id);
    this.known.set(id, account);
    return account;
  }
}

/** The identity fields of an event's `data`, or of an erasure's body. */
export function identityOf(data: JsonObject): Identity {
  return {
    personId: textOf(data['person_id']),
    email: textOf(data['email']),
    partnerUserId: textOf(data['partner_user_id']),
    anonymousId: textOf(data['partner_anonymous_id']),
  };
}
