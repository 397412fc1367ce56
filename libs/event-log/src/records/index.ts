export type { EncodedRecord } from './encoded-record.ts';
export type { RawRecord } from './raw-record.ts';
export { isUndecodable, type Undecodable } from './record-headers.ts';
export { decodeLogRecord, encodeEvent, encodeTombstone, type Tombstone } from './event-records.ts';
export { standInFor } from './stand-in-record.ts';
export { decodeDeletionNotice, encodeDeletionNotice } from './deletion-records.ts';
export { decodeOutcome, encodeOutcome } from './outcome-records.ts';
export { decodeReplayRecord, encodeReplayProgress, encodeReplayRequest, type ReplayRecord } from './replay-records.ts';
export { decodeSourceControl, encodeSourceControl } from './control-records.ts';
