import type { SegmentEvent } from '#segment';
import { EventData } from './event-data.ts';
import { mapIdentify } from './map-identify.ts';
import { mapTrack } from './map-track.ts';
import type { MappedEvent, Mapping } from './mapping.ts';

/**
 * What Extole is sent for a Segment event. A pure function of its arguments: the first attempt, the ninth and a replay under the same
 * mapping version have the same bytes (wire.md 3). Never throws for an event as the log holds it.
 *
 * `event_time` is the event's `timestamp` (corrected for the sender's clock), at the top of the body.
 */
export function mapEvent(mapping: Mapping, event: SegmentEvent): MappedEvent {
  return mapEventInto(mapping, event, new EventData());
}

/** The same, into data that may also watch where each field comes from. */
export function mapEventInto(mapping: Mapping, event: SegmentEvent, data: EventData): MappedEvent {
  switch (event.type) {
    case 'identify':
      return mapIdentify(mapping, event, data);
    case 'track':
      return mapTrack(mapping, event, data);
  }
}
