import { FAULT_KINDS, type Fault, type FaultKind } from './faults.ts';
import { SCOPES, type Scope } from './profiles.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** How the simulator behaves; set at start and changed over `POST /_control/behaviour`. */
export interface Behaviour {
  /** Milliseconds before each answer. */
  readonly latencyMs: number;
  /** Up to so many milliseconds more, drawn evenly. */
  readonly jitterMs: number;
  readonly faults: readonly Fault[];
  /** The accepted tokens. */
  readonly tokens: readonly string[];
  readonly enforceRateLimits: boolean;
  /** The `status` that an erasure is answered with; FAILED erases nobody. */
  readonly erasureStatus: string;
  /** The scope in which the programme puts what an event brings. */
  readonly eventDataScope: Scope;
  /** Names of events that a programme listens to: they add a step to their person, others are accepted and match nothing. */
  readonly programmeEvents: readonly string[];
  /** Names of parameters that cannot be changed over the persons API. */
  readonly readOnlyNames: readonly string[];
  /** Per event name, the field of `data` that Extole de-duplicates on. */
  readonly uniqueKeys: Readonly<Record<string, string>>;
}

export const DEFAULT_BEHAVIOUR: Omit<Behaviour, 'tokens'> = {
  latencyMs: 0,
  jitterMs: 0,
  faults: [],
  enforceRateLimits: true,
  erasureStatus: 'COMPLETED',
  eventDataScope: 'PUBLIC',
  programmeEvents: ['registration', 'conversion'],
  readOnlyNames: [],
  uniqueKeys: { conversion: 'partner_conversion_id', registration: 'partner_user_id' },
};

/** A request to change the behaviour that cannot be understood; the message says which field is wrong. */
export class BehaviourError extends Error {
  override readonly name = 'BehaviourError';
  readonly code = 'invalid_behaviour';
}

type Check = (value: JsonValue, name: string) => void;

const isString: Check = (value, name) => demand(typeof value === 'string', name, 'a string');
const isBoolean: Check = (value, name) => demand(typeof value === 'boolean', name, 'true or false');
const isAmount: Check = (value, name) => demand(typeof value === 'number' && value >= 0, name, 'a number of 0 or more');
const isStatus: Check = (value, name) =>
  demand(typeof value === 'number' && Number.isInteger(value) && value >= 200 && value <= 599, name, 'a status from 200 to 599');
const isProbability: Check = (value, name) =>
  demand(typeof value === 'number' && value >= 0 && value <= 1, name, 'between 0 and 1');
const isScope: Check = (value, name) => demand(SCOPES.includes(value as Scope), name, `one of ${SCOPES.join(', ')}`);
const isKind: Check = (value, name) => demand(FAULT_KINDS.includes(value as FaultKind), name, `one of ${FAULT_KINDS.join(', ')}`);

const listOf =
  (check: Check): Check =>
  (value, name) => {
    if (!Array.isArray(value)) throw new BehaviourError(`${name} must be a list`);
    value.forEach((item, index) => check(item, `${name}[${index}]`));
  };

const objectOf =
  (checks: Readonly<Record<string, Check>>, required: readonly string[] = []): Check =>
  (value, name) => {
    if (!isJsonObject(value)) throw new BehaviourError(`${name} must be an object`);
    for (const key of required) if (!Object.hasOwn(value, key)) throw new BehaviourError(`${name}.${key} is missing`);
    for (const [key, item] of Object.entries(value)) {
      const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
      if (check === undefined) throw new BehaviourError(`${name}.${key} is unknown; known are ${Object.keys(checks).join(', ')}`);
      check(item, `${name}.${key}`);
    }
  };

const isNameTable: Check = (value, name) => {
  if (!isJsonObject(value)) throw new BehaviourError(`${name} must be an object`);
  for (const [key, item] of Object.entries(value)) isString(item, `${name}.${key}`);
};

const isFault = objectOf(
  {
    match: objectOf({ path: isString, eventName: isString, partnerUserId: isString, partnerEventId: isString, token: isString }),
    kind: isKind,
    status: isStatus,
    code: isString,
    retryAfterSeconds: isAmount,
    probability: isProbability,
    times: isAmount,
    latencyMs: isAmount,
    applied: isBoolean,
  },
  ['kind'],
);

const isChange = objectOf({
  latencyMs: isAmount,
  jitterMs: isAmount,
  faults: listOf(isFault),
  tokens: listOf(isString),
  enforceRateLimits: isBoolean,
  eventDataScope: isScope,
  programmeEvents: listOf(isString),
  readOnlyNames: listOf(isString),
  erasureStatus: isString,
  uniqueKeys: isNameTable,
});

/**
 * Checks a change of behaviour. A misspelt fault would make a test pass that should fail, so unknown fields are refused.
 *
 * @throws BehaviourError if a field is unknown or has a wrong value.
 */
export function parseBehaviourChange(change: JsonObject): Partial<Behaviour> {
  isChange(change, 'behaviour');
  // The checks above have established the shape.
  return change;
}

function demand(isMet: boolean, name: string, what: string): void {
  if (!isMet) throw new BehaviourError(`${name} must be ${what}`);
}
