import { jsonAnswer, type Answer } from './answer.ts';
import { nextId } from './ids.ts';

interface ErrorKind {
  readonly status: number;
  readonly message: string;
}

/**
 * Codes, statuses and messages of Extole's public API reference. A missing person is a 403 there, missing data a 400.
 * Assumptions: the codes of 404 for an unknown path, 405, 413 and a missing erasure are not documented.
 */
const KINDS = {
  binding_error: { status: 400, message: 'Request parameters could not be bound.' },
  data_already_exists: { status: 400, message: 'Data already exists' },
  data_not_found: { status: 400, message: 'Data not found' },
  event_blocked: { status: 400, message: 'Blocked due to client specific rules to ignore spurious events' },
  invalid_event_time_format: { status: 400, message: 'Invalid event time format. Expected: ISO8601 format' },
  invalid_json: { status: 400, message: 'JSON is invalid' },
  invalid_parameter: { status: 400, message: 'Parameter is invalid.' },
  missing_event_name: { status: 400, message: 'Event name is required.' },
  missing_request_body: { status: 400, message: 'Missing request body' },
  read_only_name: { status: 400, message: 'One or more names supplied are read only' },
  validation_error: { status: 400, message: 'Validation failed' },
  invalid_access_token: { status: 401, message: 'The access_token provided is invalid.' },
  expired_access_token: { status: 401, message: 'The access_token provided has expired.' },
  method_unauthorized: { status: 401, message: 'Unauthorized access to this endpoint' },
  payment_required: { status: 402, message: 'Feature is not enabled.' },
  access_denied: { status: 403, message: 'The access_token provided is not permitted to access the specified resource.' },
  missing_access_token: { status: 403, message: 'No access_token was provided with this request.' },
  person_not_found: { status: 403, message: 'Person not found' },
  scopes_denied: { status: 403, message: 'The access_token does not carry the required scope.' },
  erasure_not_found: { status: 404, message: 'Erasure not found' },
  not_found: { status: 404, message: 'Not found' },
  method_not_allowed: { status: 405, message: 'Method not allowed' },
  payload_too_large: { status: 413, message: 'Request body is too large' },
  unsupported_media_type: { status: 415, message: 'Request had an unsupported or no media type' },
  too_many_requests: {
    status: 429,
    message: 'The server is unable to process your request at the moment, please retry later.',
  },
  software_error: { status: 500, message: 'Software error' },
} satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof KINDS;

/** The usual code of a status, for a fault that names none. */
const USUAL_CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [400, 'validation_error'],
  [401, 'invalid_access_token'],
  [402, 'payment_required'],
  [403, 'access_denied'],
  [404, 'not_found'],
  [405, 'method_not_allowed'],
  [413, 'payload_too_large'],
  [415, 'unsupported_media_type'],
  [429, 'too_many_requests'],
]);

/** The documented error answer of a code. */
export function errorAnswer(code: ErrorCode, parameters: Readonly<Record<string, string>> = {}): Answer {
  return errorBody(KINDS[code].status, code, KINDS[code].message, parameters);
}

/** An error answer of any status and code, for faults; the code defaults to the status's usual one. */
export function faultAnswer(status: number, code?: string): Answer {
  const chosen = code ?? USUAL_CODES.get(status) ?? 'software_error';
  const message = Object.hasOwn(KINDS, chosen) ? KINDS[chosen as ErrorCode].message : 'Simulated fault';
  return errorBody(status, chosen, message, {});
}

function errorBody(status: number, code: string, message: string, parameters: Readonly<Record<string, string>>): Answer {
  return jsonAnswer(status, { unique_id: nextId(), http_status_code: status, code, message, parameters });
}
