import type { SourceSettings } from '#config';
import { compileMapping, mapEvent } from '#mapping';
import { parseMessage, type JsonObject } from '#segment';
import { CliError } from '../cli-error.ts';

/** The name that nobody's programme listens to. */
export const SYNTHETIC_EVENT = 'Bridge Verification';
/** What says of an event, and of a user, that they are made up. */
export const SYNTHETIC_MARK = 'bridge_verification';

export interface SyntheticEvent {
  readonly userId: string;
  readonly messageId: string;
  /** The name that goes to Extole. */
  readonly event: string;
  /** The request's JSON text. */
  readonly body: string;
}

/**
 * A track of a made-up user, marked as one, as the bridge would send it to the source's account: through validation and mapping.
 *
 * @param unique makes the user and the event new ones: no two calls of this have it alike.
 * @throws CliError if the mapping drops it.
 */
export function syntheticEvent(
  source: SourceSettings,
  { event = SYNTHETIC_EVENT, user, unique, now }: { event?: string; user?: string; unique: string; now: number },
): SyntheticEvent {
  const userId = user ?? `bridge-verification-${unique}`;
  const messageId = `bridge-verification-${unique}`;
  // A conversion without a key of its own would be the same as the one before.
  const properties: JsonObject = { [SYNTHETIC_MARK]: true, partner_conversion_id: `verify-${unique}` };
  const message = { type: 'track', event, userId, messageId, properties, timestamp: new Date(now).toISOString() };
  const parsed = parseMessage(message, {
    source: source.id,
    receivedAt: now,
    casing: 'exact',
    clock: 'sender',
    mayDelete: false,
  });
  if (parsed.kind !== 'accepted') throw new CliError('ingest would refuse that event: give another --event or --user');
  const { labels } = source.extole;
  const mapped = mapEvent(compileMapping(source.mapping, labels === undefined ? {} : { labels }), parsed.event);
  if (mapped.kind === 'filtered')
    throw new CliError(`the mapping drops the event ${event} (${mapped.reason}): give one that it sends with --event`);
  return { userId, messageId, event: mapped.request.eventName, body: mapped.request.body };
}
