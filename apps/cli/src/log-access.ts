import { loadForwarderSettings } from '#config';
import { createKafka, LogWriter, PartitionReader, type LogSink } from '#event-log';
import { logAccessOf, type LogAccess } from '#operations';
import { chooseSource } from './sources.ts';
import type { Terminal } from './terminal.ts';

const CONNECTIONS = 4;

/** What fails is told by whoever asked for it; kafkajs's talk about its retries is nothing for an operator. */
export const SILENT: LogSink = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

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
    return await work(logAccessOf(settings, source, { kafka, reader, writer, log: SILENT }));
  } finally {
    await writer.close();
    await reader.close();
  }
}
