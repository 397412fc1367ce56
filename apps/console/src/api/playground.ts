import type { Json, MappedField } from './timeline.ts';

/** `POST /api/explain`: what would become of a Segment message; nothing is sent or written, or logged. */
export interface ExplainMessage {
  readonly source: string;
  /** One Segment message, parsed. */
  readonly message: Json;
}

export type ExplainedMessage =
  /** Ingest would refuse it, for this reason (a stable code). */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Counted, not written to the log. */
  | { readonly kind: 'unsupported'; readonly type: string }
  | (ExplainedPlace & { readonly kind: 'erasure'; readonly erases: string })
  | (ExplainedPlace & {
      readonly kind: 'filtered';
      readonly reason: string;
      readonly decidedBy: string;
      readonly messageId: string;
    })
  | (ExplainedPlace & ExplainedRequest);

export interface ExplainedPlace {
  readonly source: string;
  readonly subject: string;
  readonly hashedSubject?: string;
  readonly partition: number;
  readonly partitions: number;
}

export interface ExplainedRequest {
  readonly kind: 'request';
  readonly messageId: string;
  /** The event's name at Extole. */
  readonly event: string;
  /** Which entry of the mapping decided it. */
  readonly decidedBy: string;
  readonly mappingVersion: string;
  /** By what a repeat is known, besides its messageId. */
  readonly dedup?: { readonly kind: string; readonly key: string };
  readonly mode: 'async' | 'sync';
  /** What is posted. */
  readonly body: Json;
  readonly fields: readonly MappedField[];
  /** Set on the person as PUBLIC after the event, each unless the person has it already; absent where the mapping does not do so. */
  readonly parameters?: { readonly [name: string]: Json };
  readonly omitted: readonly { readonly source: string; readonly reason: string }[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}
