import type { Answer } from '../answer.ts';
import { identityOf } from '../account.ts';
import { errorAnswer } from '../errors.ts';
import { nextId } from '../ids.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import type { ApiCall, Route } from './route.ts';

type Mode = 'sync' | 'async';

/** The events endpoints: v6 and v5, with the event's name in the body or, with the bare `data` as the body, in the path. */
export const eventRoutes: readonly Route[] = ['/v6', '/v5'].flatMap((version) => [
  route(`${version}/async-events`, 'async'),
  route(`${version}/events`, 'sync'),
  route(`${version}/async-events/{event_name}`, 'async'),
  route(`${version}/events/{event_name}`, 'sync'),
]);

function route(path: string, mode: Mode): Route {
  return { path, methods: { POST: (call) => submitEvent(call, mode) }, isLimited: mode === 'sync' };
}

function submitEvent(call: ApiCall, mode: Mode): Answer {
  const named = call.params['event_name'];
  const eventName = named ?? call.body['event_name'];
  const data = named === undefined ? call.body['data'] : call.body;
  if (typeof eventName !== 'string' || eventName.trim() === '') return errorAnswer('missing_event_name');
  if (!isJsonObject(data)) return errorAnswer('validation_error', { description: 'data must not be null' });
  const times = named === undefined ? [call.body['event_time'], data['event_time']] : [data['event_time']];
  if (!times.every(isEventTime)) return errorAnswer('invalid_event_time_format');

  const { email, partnerUserId } = identityOf(data);
  const person = email ?? partnerUserId;
  if (mode === 'sync' && person !== undefined && call.limits?.takeForPerson(call.account.id, person, call.now) === false) {
    return errorAnswer('too_many_requests');
  }
  const { uniqueKeys, eventDataScope, programmeEvents } = call.behaviour;
  const id = nextId();
  const { personId, deduplicated } = call.account.recordEvent(
    {
      id,
      name: eventName,
      data,
      uniqueField: Object.hasOwn(uniqueKeys, eventName) ? uniqueKeys[eventName] : undefined,
      scope: eventDataScope,
      isListenedTo: programmeEvents.includes(eventName),
    },
    call.now,
  );
  const ids = mode === 'sync' ? { event_id: id, person_id: personId } : { event_id: id };
  return { status: 200, body: JSON.stringify(ids), deduplicated };
}

/** ISO 8601 with an offset. An absent time is the time of arrival. */
function isEventTime(value: JsonValue | undefined): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'string') return false;
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)$/.test(value) && isRealDate(value);
}

function isRealDate(value: string): boolean {
  return !Number.isNaN(Date.parse(value.slice(0, 16) + 'Z'));
}
