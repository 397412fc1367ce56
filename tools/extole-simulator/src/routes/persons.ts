import { jsonAnswer, type Answer } from '../answer.ts';
import { errorAnswer } from '../errors.ts';
import type { JsonValue } from '../json.ts';
import type { Parameter, Profile, Scope } from '../profiles.ts';
import type { ApiCall, Route } from './route.ts';

const SCOPES: readonly Scope[] = ['PUBLIC', 'PRIVATE', 'CLIENT'];

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

function listParameters(person: Profile): Answer {
  const parameters = [...person.parameters].map(([name, parameter]) => [name, parameterBody(name, parameter)]);
  return jsonAnswer(200, Object.fromEntries(parameters));
}

function createParameter(person: Profile, { body, now }: ApiCall): Answer {
  const { name, value, scope = 'PRIVATE' } = body;
  if (typeof name !== 'string' || name === '' || value === undefined || !isScope(scope)) return errorAnswer('validation_error');
  if (person.parameters.has(name)) return errorAnswer('data_already_exists');
  return jsonAnswer(200, parameterBody(name, person.setParameter(name, value, scope, now)));
}

function showParameter(person: Profile, { params }: ApiCall): Answer {
  const name = params['name'] ?? '';
  const parameter = person.parameters.get(name);
  return parameter === undefined ? errorAnswer('data_not_found') : jsonAnswer(200, parameterBody(name, parameter));
}

function updateParameter(person: Profile, { params, body, now }: ApiCall): Answer {
  const name = params['name'] ?? '';
  const before = person.parameters.get(name);
  if (before === undefined) return errorAnswer('data_not_found');
  const { value = before.value, scope = before.scope } = body;
  if (!isScope(scope)) return errorAnswer('validation_error');
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

function splitAtColon(key: string): [string, string] {
  const at = key.indexOf(':');
  return [key.slice(0, at), key.slice(at + 1)];
}
