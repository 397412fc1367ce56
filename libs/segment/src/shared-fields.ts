import { INVALID, readObject } from './fields.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { bytesOf, limitFault, MAX_LENT_BYTES } from './limits.ts';

declare const checkedBrand: unique symbol;

/** What a batch says for all of its messages. Made by {@link readSharedFields} alone, so that it is within the limits of an event. */
export interface SharedFields {
  readonly sentAt?: JsonValue;
  readonly context?: JsonObject;
  readonly integrations?: JsonObject;
  readonly [checkedBrand]: true;
}

export type SharedFieldsFault = 'too_deep' | 'too_large' | 'invalid_context' | 'invalid_integrations';

/** The batch-level `sentAt`, `context` and `integrations` of a request's body, checked once for all messages of its `batch`. */
export function readSharedFields(body: {
  readonly batch?: readonly unknown[];
  readonly sentAt?: JsonValue | undefined;
  readonly context?: JsonValue | undefined;
  readonly integrations?: JsonValue | undefined;
}): SharedFields | SharedFieldsFault {
  const context = readObject(body.context);
  if (context === INVALID) return 'invalid_context';
  const integrations = readObject(body.integrations);
  if (integrations === INVALID) return 'invalid_integrations';
  // They are copied into each of up to 2,500 messages: unbounded, a small request would become a huge one.
  const lent = [context ?? null, integrations ?? null];
  const fault = limitFault(lent);
  if (fault !== undefined) return fault;
  if (bytesOf(lent) * (body.batch?.length ?? 1) > MAX_LENT_BYTES) return 'too_large';
  return {
    ...(body.sentAt === undefined ? {} : { sentAt: body.sentAt }),
    ...(context === undefined ? {} : { context }),
    ...(integrations === undefined ? {} : { integrations }),
  } as SharedFields;
}

/** The item's own object over the batch's, per top-level key. */
export function mergedOver(shared: JsonObject | undefined, own: JsonObject | undefined): JsonObject | undefined {
  if (shared === undefined || own === undefined) return own ?? shared;
  // A spread defines own properties and never assigns: a key `__proto__` stays a key.
  return { ...shared, ...own };
}
