import { RightMissingError } from '../errors.ts';
import { failureOf } from '../kafka-errors.ts';
import type { Operation, Right } from '../topics/rights.ts';

/**
 * Kafka says only that something is not allowed; whoever asked knows what for. An error of another kind stays as it is.
 *
 * @param needed what the request needs; of these the ones are named that the error may be about
 */
export function namingRights<E>(error: E, ...needed: Right[]): E | RightMissingError {
  const { type } = failureOf(error);
  if (type?.endsWith('_AUTHORIZATION_FAILED') !== true) return error;
  const resource = type === 'GROUP_AUTHORIZATION_FAILED' ? 'group' : 'topic';
  return new RightMissingError(needed.filter((right) => right.resource === resource));
}

/** Does `work`, which needs these rights. */
export async function needing<T>(needed: readonly Right[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw namingRights(error, ...needed);
  }
}

export function onTopic(operation: Operation, name: string): Right {
  return { operation, resource: 'topic', name };
}

export function onGroup(operation: Operation, name: string): Right {
  return { operation, resource: 'group', name };
}
