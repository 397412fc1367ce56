import { loadForwarderSettings, type ForwarderSettings, type SourceSettings } from '#config';
import { createKafka, LogWriter, PartitionReader, topicsOf, type FactReader, type LogSink, type SourceTopics } from '#event-log';
import { SubjectHasher } from '#segment';
import { chooseSource } from './sources.ts';
import type { Terminal } from './terminal.ts';

/** The log of one source, as a command reads and writes it. */
export interface LogAccess {
  readonly settings: ForwarderSettings;
  readonly source: SourceSettings;
  readonly topics: SourceTopics;
  readonly hasher: SubjectHasher;
  readonly kafka: ReturnType<typeof createKafka>;
  readonly reader: PartitionReader;
  readonly writer: LogWriter;
  /** For reading facts. */
  readonly by: FactReader;
}

const CONNECTIONS = 4;

/** What fails is told by whoever asked for it; kafkajs's talk about its retries is nothing for an operator. */
const SILENT: LogSink = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Does `work` with the log of the named source (or the only one), and disconnects whatever happens. */
export async function withLog<T>(
  terminal: Terminal,
  sourceId: string | undefined,
  work: (log: LogAccess) => Promise<T>,
): Promise<T> {
  // The forwarder's settings, since replays are about its consumer group.
  const settings = loadForwarderSettings(terminal.env);
  const source = chooseSource(settings, sourceId);
  const kafka = createKafka(settings.kafka, SILENT);
  const reader = new PartitionReader({ kafka, log: SILENT, maxConnections: CONNECTIONS });
  const writer = new LogWriter({ kafka, log: SILENT });
  try {
    await reader.connect();
    return await work({
      settings,
      source,
      topics: topicsOf(settings.topics.prefix, source.id),
      hasher: new SubjectHasher(settings.subjectHashKey, source.id),
      kafka,
      reader,
      writer,
      by: { reader, log: SILENT },
    });
  } finally {
    await writer.close();
    await reader.close();
  }
}
