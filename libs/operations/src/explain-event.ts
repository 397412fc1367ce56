import type { SourceSettings } from '#config';
import { partitionFor } from '#event-log';
import { compileMapping, explainMapping, type ExplainedField, type MappingWarning, type Omission } from '#mapping';
import { isSwitchedOff, parseMessage, SubjectHasher, type JsonValue, type ParsedMessage, type SubjectKey } from '#segment';

/** What would become of one Segment message, and why. Holds personal data if the message does. */
export type EventExplanation =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unsupported'; readonly type: string }
  | (ExplainedPlace & { readonly kind: 'erasure'; readonly erases: string })
  | (ExplainedPlace & {
      readonly kind: 'filtered';
      readonly reason: string;
      readonly decidedBy: string;
      readonly messageId: string;
    })
  | (ExplainedPlace & ExplainedRequest);

/** Where the event stands in the log. */
export interface ExplainedPlace {
  readonly source: string;
  readonly subject: string;
  /** As outcomes and logs name the subject; absent without `SUBJECT_HASH_KEY`. */
  readonly hashedSubject?: string;
  readonly partition: number;
  readonly partitions: number;
}

export interface ExplainedRequest {
  readonly kind: 'request';
  readonly messageId: string;
  readonly event: string;
  readonly decidedBy: string;
  readonly mappingVersion: string;
  /** By what a repeat of the event is known, besides its messageId. */
  readonly dedup?: { readonly kind: string; readonly key: string };
  readonly mode: 'async' | 'sync';
  /** The body that is posted, parsed. */
  readonly body: JsonValue;
  readonly fields: readonly ExplainedField[];
  /** Set on the person as PUBLIC after the event, each unless the person has it already. */
  readonly parameters?: Readonly<Record<string, JsonValue>>;
  readonly omitted: readonly Omission[];
  readonly warnings: readonly MappingWarning[];
}

export interface ExplainOptions {
  readonly source: SourceSettings;
  readonly partitions: number;
  readonly subjectHashKey?: string;
  /** Milliseconds: as if ingest had read it then. */
  readonly receivedAt: number;
}

/** Takes a message the way that ingest, the log and the forwarder would, without sending anything. Pure. */
export function explainEvent(message: unknown, options: ExplainOptions): EventExplanation {
  const { source, receivedAt } = options;
  const parsed = parseMessage(message, { source: source.id, receivedAt, casing: 'any', clock: 'sender', mayDelete: true });
  switch (parsed.kind) {
    case 'rejected':
      return { kind: 'refused', reason: parsed.reason };
    case 'unsupported':
      return { kind: 'unsupported', type: parsed.type };
    case 'deletion':
      return { kind: 'erasure', ...placeOf(parsed.userId, options), erases: parsed.userId };
    case 'accepted':
      return explainAccepted(parsed, options);
  }
}

function explainAccepted(
  { event, subject }: Extract<ParsedMessage, { kind: 'accepted' }>,
  options: ExplainOptions,
): EventExplanation {
  const { extole, mapping } = options.source;
  const place = { ...placeOf(subject, options), messageId: event.messageId };
  if (isSwitchedOff(event.integrations))
    return { kind: 'filtered', ...place, reason: 'switched_off', decidedBy: 'the event’s integrations' };
  const compiled = compileMapping(mapping, extole.labels === undefined ? {} : { labels: extole.labels });
  const { mapped, mappingVersion, decidedBy, fields, omitted } = explainMapping(compiled, event);
  if (mapped.kind === 'filtered') return { kind: 'filtered', ...place, reason: mapped.reason, decidedBy };
  return {
    kind: 'request',
    ...place,
    event: mapped.event,
    decidedBy,
    mappingVersion,
    ...(mapped.dedup === undefined ? {} : { dedup: mapped.dedup }),
    mode: mapped.parameters === undefined ? extole.mode : 'sync',
    body: JSON.parse(mapped.request.body) as JsonValue,
    fields,
    ...(mapped.parameters !== undefined && {
      parameters: Object.fromEntries(mapped.parameters.map(({ name, value }) => [name, JSON.parse(value) as JsonValue])),
    }),
    omitted,
    warnings: mapped.warnings,
  };
}

function placeOf(subject: SubjectKey, { source, partitions, subjectHashKey }: ExplainOptions): ExplainedPlace {
  return {
    source: source.id,
    subject,
    ...(subjectHashKey === undefined ? {} : { hashedSubject: new SubjectHasher(subjectHashKey, source.id).subject(subject) }),
    partition: partitionFor(subject, partitions),
    partitions,
  };
}
