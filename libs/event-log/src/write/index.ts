export type { AppendedRecord } from './appended-record.ts';
export { LogWriter, type LogWriterOptions } from './log-writer.ts';
export { partitionFor } from './partitioner.ts';
