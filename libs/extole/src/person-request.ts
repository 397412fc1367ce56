import type { PersonStep } from '#delivery';
import type { CallKind } from './call.ts';

/** One request of an identify that sets its parameters on the person (docs/adr/0012). */
export interface PersonRequest {
  readonly kind: CallKind;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: string;
}

/**
 * The request of a step: equal for equal steps, on every attempt. POST makes a parameter and PUT changes one that exists; either is refused
 * where the other was meant.
 */
export function personRequest(step: PersonStep): PersonRequest {
  switch (step.kind) {
    case 'identify':
      return { kind: 'identify', method: 'POST', path: '/v6/events', body: step.body };
    case 'read':
      return { kind: 'read', method: 'GET', path: `${dataOf(step.personId)}?${namesQuery(step.names)}` };
    case 'write': {
      const { name, value } = step.parameter;
      const path = dataOf(step.personId);
      if (step.exists)
        return {
          kind: 'write',
          method: 'PUT',
          path: `${path}/${encodeURIComponent(name)}`,
          body: `{"value":${value},"scope":"PUBLIC"}`,
        };
      return { kind: 'write', method: 'POST', path, body: `{"name":${JSON.stringify(name)},"value":${value},"scope":"PUBLIC"}` };
    }
  }
}

function dataOf(personId: string): string {
  return `/v5/persons/${encodeURIComponent(personId)}/data`;
}

/** With the limit said: what it is by default is not documented. */
function namesQuery(names: readonly string[]): string {
  return [...names.map((name) => `names=${encodeURIComponent(name)}`), `limit=${names.length}`].join('&');
}
