import { join } from 'node:path';
import { jsonDocument, type GeneratedDocument } from './document.ts';
import { SchemaMaker, type JsonSchema } from './json-schema/schema-of-type.ts';

/** What stands in the topics, by schema file: where the type is. `without` a field that the record's key holds instead. */
const RECORDS = {
  event: { type: 'SegmentEvent', file: 'libs/segment/src/event.ts' },
  'event-headers': { type: 'EventHeaders', file: 'libs/event-log/src/records/event-records.ts' },
  deletion: { type: 'DeletionNotice', file: 'libs/delivery/src/deletion/deletion-record.ts', without: 'subject' },
  outcome: { type: 'Outcome', file: 'libs/delivery/src/endings/outcome.ts' },
  'replay-request': { type: 'ReplayRequest', file: 'libs/delivery/src/replay/replay-request.ts' },
  'source-control': { type: 'SourceControl', file: 'libs/delivery/src/account/source-control.ts' },
  'audit-record': { type: 'AuditRecord', file: 'libs/event-log/src/records/audit-records.ts' },
  'replay-progress': { type: 'ReplayProgress', file: 'libs/delivery/src/replay/replay-request.ts' },
} as const satisfies Readonly<Record<string, { readonly type: string; readonly file: string; readonly without?: string }>>;

export type RecordName = keyof typeof RECORDS;

export interface TopicSchemas {
  readonly schemas: Readonly<Record<RecordName, JsonSchema>>;
  readonly documents: readonly GeneratedDocument[];
}

/** JSON Schemas of everything that stands in the topics, made from the types that the code compiles against. */
export function topicSchemas(root: string): TopicSchemas {
  const maker = new SchemaMaker([...new Set(Object.values(RECORDS).map(({ file }) => join(root, file)))]);
  const entries = Object.entries(RECORDS).map(([name, record]): [string, JsonSchema] => {
    const whole = maker.schemaOf(record.type);
    const schema = 'without' in record ? without(whole, record.without) : whole;
    return [name, { $schema: 'http://json-schema.org/draft-07/schema#', title: record.type, ...schema }];
  });
  return {
    schemas: Object.fromEntries(entries) as Record<RecordName, JsonSchema>,
    documents: entries.map(([name, schema]) => jsonDocument(`docs/interfaces/schemas/${name}.json`, schema)),
  };
}

function without(schema: JsonSchema, field: string): JsonSchema {
  const properties = Object.entries(schema['properties'] as Record<string, JsonSchema>).filter(([name]) => name !== field);
  const required = (schema['required'] as string[]).filter((name) => name !== field);
  return { ...schema, required, properties: Object.fromEntries(properties) };
}
