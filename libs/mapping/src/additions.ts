import type { EventData } from './event-data.ts';
import { LABELS, PARTNER_EVENT_ID } from './extole-fields.ts';
import type { Additions } from './mapping.ts';
import type { WarningList } from './warnings.ts';

/**
 * What every request carries, after the event's own fields: an own value wins over a constant, but not over `partner_event_id` and the
 * configured `labels`, which say whose event this is.
 */
export function addToEvery(data: EventData, messageId: string, { labels, constants }: Additions, warnings: WarningList): void {
  if (data.has(PARTNER_EVENT_ID)) warnings.add('reserved_field_replaced');
  data.set(PARTNER_EVENT_ID, messageId, 'message id', 'messageId');
  for (const [field, value] of constants) {
    if (!data.has(field)) data.set(field, value, 'constant', field);
  }
  if (labels === undefined) return;
  if (data.has(LABELS)) warnings.add('reserved_field_replaced');
  data.set(LABELS, labels, 'labels', LABELS);
}
