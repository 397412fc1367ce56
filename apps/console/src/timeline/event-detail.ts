import type { LogRecord } from '#delivery';
import { explainMapping } from '#mapping';
import { isJsonObject, isSwitchedOff, type JsonValue } from '#segment';
import type { EventDetail, Json, MappedBody, TimelineEntry } from '../api/index.ts';
import type { ConsoleSource } from '../console-source.ts';
import { decodeEvent, messageOf } from './decode-event.ts';
import { MASK, maskBody, maskField, maskMessage } from './mask.ts';

/** An event with what it holds, and what the mapping makes of it. */
export function eventDetail(
  source: ConsoleSource,
  entry: TimelineEntry,
  record: LogRecord | undefined,
  masked: boolean,
): EventDetail {
  const message = record === undefined ? undefined : messageOf(record);
  const segment = message === undefined ? null : asJson(masked ? maskMessage(message) : message);
  return { entry, masked, segment, request: record === undefined ? null : requestOf(source, entry, record, masked) };
}

function requestOf(source: ConsoleSource, entry: TimelineEntry, record: LogRecord, masked: boolean): MappedBody | null {
  const event = decodeEvent(record);
  if (event === undefined || isSwitchedOff(event.integrations)) return null;
  const { mapped, mappingVersion, decidedBy, fields } = explainMapping(source.mapping, event);
  if (mapped.kind === 'filtered') return null;
  const body: unknown = JSON.parse(mapped.request.body);
  const { dedup, parameters } = mapped;
  return {
    event: mapped.event,
    body: asJson(masked && isJsonObject(body) ? maskBody(body, fields) : (body as JsonValue)),
    mappingVersion,
    mappingChanged: entry.outcome !== undefined && entry.outcome.mappingVersion !== mappingVersion,
    decidedBy,
    fields: (masked ? fields.map(maskField) : fields).map((field) => ({ ...field, value: asJson(field.value) })),
    ...(parameters !== undefined && {
      parameters: Object.fromEntries(parameters.map(({ name, value }) => [name, masked ? MASK : (JSON.parse(value) as Json)])),
    }),
    dedup: dedup === undefined ? null : { kind: dedup.kind, key: masked ? MASK : dedup.key },
    warnings: mapped.warnings,
  };
}

/** The API's type of the same thing. */
function asJson(value: JsonValue): Json {
  return value;
}
