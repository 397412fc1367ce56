import type { JsonValue, SegmentEvent } from '#segment';
import { EventData, type DataWatcher, type FieldOrigin } from './event-data.ts';
import { mapEventInto } from './map-event.ts';
import type { MappedEvent, Mapping } from './mapping.ts';

/** One field of the request's `data`: its value, the rule that set it, and where in the event or the configuration it came from. */
export interface ExplainedField {
  readonly field: string;
  readonly value: JsonValue;
  readonly rule: FieldOrigin;
  readonly from: string;
}

/** Something of the event that is deliberately not sent. */
export interface Omission {
  readonly source: string;
  readonly reason: string;
}

/** How a mapping came to its result for one event. Holds personal data if the event does. */
export interface Explanation {
  readonly mapped: MappedEvent;
  readonly mappingVersion: string;
  /** Which entry of the mapping decided the event's name, or its being dropped. */
  readonly decidedBy: string;
  readonly fields: readonly ExplainedField[];
  readonly omitted: readonly Omission[];
}

/** `mapEvent` with its reasons, from the very same code: what it shows is what is sent. */
export function explainMapping(mapping: Mapping, event: SegmentEvent): Explanation {
  const watch = new Watch();
  const data = new EventData(watch);
  const mapped = mapEventInto(mapping, event, data);
  return {
    mapped,
    mappingVersion: mapping.version,
    decidedBy: decidedBy(mapping, event),
    fields: mapped.kind === 'request' ? watch.explained(data) : [],
    omitted: watch.omitted,
  };
}

function decidedBy(mapping: Mapping, event: SegmentEvent): string {
  if (event.type === 'identify') return 'identify.event';
  const listed = mapping.track.events.get(event.event ?? '');
  return listed?.decidedBy ?? 'track.default';
}

/** How the source of a field of each origin reads in full. */
const PREFIX: Readonly<Record<FieldOrigin, string>> = {
  property: 'properties.',
  trait: 'traits.',
  'renamed trait': 'traits.',
  identity: '',
  'mapped field': '',
  'event name': '',
  'message id': '',
  constant: 'constants.',
  labels: '',
};

class Watch implements DataWatcher {
  readonly omitted: Omission[] = [];
  private readonly origins = new Map<string, { rule: FieldOrigin; from: string }>();

  onSet(field: string, origin: FieldOrigin, source: string): void {
    this.origins.set(field, { rule: origin, from: PREFIX[origin] + source });
  }

  onOmit(source: string, reason: string): void {
    this.omitted.push({ source, reason });
  }

  explained(data: EventData): ExplainedField[] {
    return [...this.origins].map(([field, origin]) => ({ field, value: data.get(field) ?? null, ...origin }));
  }
}
