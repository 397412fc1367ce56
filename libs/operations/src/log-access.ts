import type { CommonSettings, SourceSettings } from '#config';
import {
  topicsOf,
  UndecodableRecords,
  type FactReader,
  type LogClient,
  type LogSink,
  type LogWriter,
  type PartitionReader,
  type SourceTopics,
} from '#event-log';
import { SubjectHasher } from '#segment';

/** What operations need to know: replays are about the forwarders' consumer group. */
export type OperationSettings = CommonSettings & { readonly groupId: string };

/** The log of one source, as an operation reads and writes it. */
export interface LogAccess {
  readonly settings: OperationSettings;
  readonly source: SourceSettings;
  readonly topics: SourceTopics;
  readonly hasher: SubjectHasher;
  readonly kafka: LogClient;
  readonly reader: PartitionReader;
  readonly writer: LogWriter;
  /** For reading facts. */
  readonly by: FactReader;
}

/** The log of `source` through connections that somebody else opens and closes. */
export function logAccessOf(
  settings: OperationSettings,
  source: SourceSettings,
  connections: Pick<LogAccess, 'kafka' | 'reader' | 'writer'> & { readonly log: LogSink },
): LogAccess {
  const { log, ...clients } = connections;
  return {
    settings,
    source,
    topics: topicsOf(settings.topics.prefix, source.id),
    hasher: new SubjectHasher(settings.subjectHashKey, source.id),
    ...clients,
    by: { reader: clients.reader, undecodable: new UndecodableRecords(log) },
  };
}
