/**
 * An operator's word on a source, as `extole.replays.<source>` holds it: whether it is to deliver, under a key of its own, so that
 * compaction keeps the last word, and the latest wish for a probe under another (docs/adr/0011).
 */
export type SourceControl =
  | {
      readonly kind: 'delivery';
      readonly wanted: 'running' | 'stopped';
      /** ISO 8601. */
      readonly at: string;
      /** Why, for colleagues; nothing personal. */
      readonly note?: string;
      /** The operator's name; absent in records of before 1.0.0. */
      readonly by?: string;
    }
  | { readonly kind: 'probe'; readonly at: string; readonly by?: string };
