import type { EventData } from './event-data.ts';

/** The JSON text of `POST /v6/async-events` (wire.md 2.1), its keys in this order always: bytes are equal for equal data. */
export function requestBody(eventName: string, eventTime: string, data: EventData): string {
  return JSON.stringify({ event_name: eventName, event_time: eventTime, data: data.fields });
}
