import { jsonAnswer, type Answer } from '../answer.ts';
import { errorAnswer } from '../errors.ts';
import type { JsonValue } from '../json.ts';
import { SCOPES, type Parameter, type Profile, type Scope, type Step } from '../profiles.ts';
import type { ApiCall, Route } from './route.ts';

/** How many parameters a list holds if it is not asked for more. Not documented; small, so that a caller who relies on it shows. */
const DEFAULT_LIMIT = 20;

export const personRoutes: readonly Route[] = [
  { path: '/v5/persons', methods: { GET: searchPersons }, isLimited: true },
  {
    path: '/v5/persons/{person_id}',
    methods: { GET: withPerson((person) => jsonAnswer(200, personBody(person))) },
    isLimited: true,
  },
  {
    path: '/v5/persons/{person_id}/data',
    methods: { GET: withPerson(listParameters), POST: withPerson(createParameter) },
    isLimited: true,
  },
  {
    path: '/v5/persons/{person_id}/data/{name}',
    methods: { GET: withPerson(showParameter), PUT: withPerson(updateParameter), DELETE: withPerson(deleteParameter) },
    isLimited: true,
  },
  { path: '/v5/persons/{person_id}/steps', methods: { GET: withPerson(listSteps) }, isLimited: true },
];

/**
 * Search by `identity_key_value` (the email) or `person_keys=partner_user_id:…` as documented, or by `email` and `partner_user_id`,
 * which read better in a test.
 */
function searchPersons({ account, query }: ApiCall): Answer {
  const keys = new Map(query.getAll('person_keys').map((key) => splitAtColon(key)));
  const email = query.get('identity_key_value') ?? query.get('email') ?? undefined;
  const partnerUserId = keys.get('partner_user_id') ?? query.get('partner_user_id') ?? undefined;
  if (email === undefined && partnerUserId === undefined) return errorAnswer('invalid_parameter');
  return jsonAnswer(200, account.personsOf({ email, partnerUserId }).map(personBody));
}

/** The latest first. Of the documented fields only those that the simulator can fill. */
function listSteps(person: Profile, { query }: ApiCall): Answer {
  const [names, eventIds] = [query.getAll('names'), query.getAll('event_ids')];
  const [offset, limit] = [Number(query.get('offset') ?? 0), Number(query.get('limit') ?? DEFAULT_LIMIT)];
  if (!isCount(offset) || !isCount(limit)) return errorAnswer('invalid_parameter');
  const found = person.steps
    .filter(
      ({ name, eventId }) =>
        (names.length === 0 || names.includes(name)) && (eventIds.length === 0 || eventIds.includes(eventId)),
    )
    .reverse()
    .slice(offset, offset + limit);
  return jsonAnswer(200, found.map(stepBody));
}

function stepBody({ id, name, eventId, at }: Step) {
  const date = new Date(at).toISOString();
  return {
    id,
    name,
    event_id: eventId,
    cause_event_id: eventId,
    root_event_id: eventId,
    program: 'simulated-programme',
    campaign_id: '1',
    container: 'production',
    journey_name: 'simulated',
    is_primary: true,
    quality: 'HIGH',
    scope: 'PRIVATE',
    data: {},
    event_date: date,
    created_date: date,
    updated_date: date,
  };
}

/** The latest change first; `names` and `scopes` may be repeated. */
function listParameters(person: Profile, { query }: ApiCall): Answer {
  const [names, scopes] = [query.getAll('names'), query.getAll('scopes')];
  const [offset, limit] = [Number(query.get('offset') ?? 0), Number(query.get('limit') ?? DEFAULT_LIMIT)];
  if (!scopes.every((scope) => isScope(scope)) || !isCount(offset) || !isCount(limit)) return errorAnswer('invalid_parameter');
  const found = [...person.parameters]
    .filter(
      ([name, { scope }]) => (names.length === 0 || names.includes(name)) && (scopes.length === 0 || scopes.includes(scope)),
    )
    .sort(([, one], [, other]) => other.updatedAt - one.updatedAt)
    .slice(offset, offset + limit);
  return jsonAnswer(200, Object.fromEntries(found.map(([name, parameter]) => [name, parameterBody(name, parameter)])));
}

function createParameter(person: Profile, { body, now, behaviour }: ApiCall): Answer {
  const { name, value, scope = 'PRIVATE' } = body;
  // An absent value and a null are the same there.
  if (typeof name !== 'string' || name === '' || value === undefined || value === null || !isScope(scope))
    return errorAnswer('validation_error');
  if (person.parameters.has(name)) return errorAnswer('data_already_exists');
  if (behaviour.readOnlyNames.includes(name)) return errorAnswer('read_only_name');
  return jsonAnswer(200, parameterBody(name, person.setParameter(name, value, scope, now)));
}

function showParameter(person: Profile, { params }: ApiCall): Answer {
  const name = params['name'] ?? '';
  const parameter = person.parameters.get(name);
  return parameter === undefined ? errorAnswer('data_not_found') : jsonAnswer(200, parameterBody(name, parameter));
}

function updateParameter(person: Profile, { params, body, now, behaviour }: ApiCall): Answer {
  const name = params['name'] ?? '';
  const before = person.parameters.get(name);
  if (before === undefined) return errorAnswer('data_not_found');
  if (behaviour.readOnlyNames.includes(name)) return errorAnswer('read_only_name');
  const { scope = before.scope } = body;
  if (!isScope(scope)) return errorAnswer('validation_error');
  const value = body['value'] ?? before.value;
  return jsonAnswer(200, parameterBody(name, person.setParameter(name, value, scope, now)));
}

function deleteParameter(person: Profile, { params }: ApiCall): Answer {
  const name = params['name'] ?? '';
  const before = person.parameters.get(name);
  if (before === undefined) return errorAnswer('data_not_found');
  person.parameters.delete(name);
  return jsonAnswer(200, parameterBody(name, before));
}

function withPerson(answer: (person: Profile, call: ApiCall) => Answer): (call: ApiCall) => Answer {
  return (call) => {
    const person = call.account.profiles.withId(call.params['person_id'] ?? '');
    return person === undefined ? errorAnswer('person_not_found') : answer(person, call);
  };
}

function personBody(person: Profile) {
  return {
    id: person.personId,
    identity_id: person.personId,
    identity_key: 'email',
    identity_key_value: person.email ?? null,
    locale: null,
    version: '1',
  };
}

function parameterBody(name: string, { id, value, scope, createdAt, updatedAt }: Parameter) {
  const [created_date, updated_date] = [new Date(createdAt).toISOString(), new Date(updatedAt).toISOString()];
  return { id, name, value, scope, created_date, updated_date };
}

function isScope(value: JsonValue): value is Scope {
  return SCOPES.includes(value as Scope);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function splitAtColon(key: string): [string, string] {
  const at = key.indexOf(':');
  return [key.slice(0, at), key.slice(at + 1)];
}
