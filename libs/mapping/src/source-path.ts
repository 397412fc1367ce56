import type { JsonObject, JsonValue, SegmentEvent } from '#segment';

/** Where in a Segment event a value comes from, as the mapping file writes it, compiled. */
export interface SourcePath {
  readonly text: string;
  /** The value there, or undefined if there is none. */
  readonly read: (event: SegmentEvent) => JsonValue | undefined;
}

const OWN_FIELDS = ['userId', 'anonymousId', 'event', 'messageId', 'timestamp'] as const;
const OBJECTS = ['properties', 'traits', 'context'] as const;

/** What a source path may look like, for fault messages. */
export const SOURCE_PATH_FORMS = `properties.…, traits.…, context.…, ${OWN_FIELDS.join(', ')}`;
/** What a source path begins with, for suggestions. */
export const SOURCE_ROOTS: readonly string[] = [...OBJECTS, ...OWN_FIELDS];

/** Compiles `properties.order_id`, `context.campaign.name`, `properties.products.0.sku`, `userId` …; undefined if it is none of these. */
export function compileSourcePath(text: string): SourcePath | undefined {
  const own = OWN_FIELDS.find((field) => field === text);
  if (own !== undefined) return { text, read: (event) => event[own] };

  const [root, ...keys] = text.split('.');
  const object = OBJECTS.find((name) => name === root);
  if (object === undefined || keys.length === 0 || keys.includes('')) return undefined;
  return { text, read: reader(object, keys) };
}

function reader(object: (typeof OBJECTS)[number], keys: readonly string[]): SourcePath['read'] {
  const [first, second] = keys;
  // The two depths that nearly every rule has, without a loop: this runs a dozen times for each event.
  if (first !== undefined && keys.length === 1) return (event) => member(event[object], first);
  if (first !== undefined && second !== undefined && keys.length === 2)
    return (event) => member(member(event[object], first), second);
  return (event) => keys.reduce<JsonValue | undefined>(member, event[object]);
}

/** An own member only: a path such as `properties.constructor` must not find what JavaScript puts on every object. */
function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as JsonObject)[key];
}
