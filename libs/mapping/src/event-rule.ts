/** An entry of `track.events` that is more than a name or a switch. */
export interface EventRule {
  /** The event's name at Extole; its own where absent. */
  readonly as?: string;
  /** Target field: its source path, or several of which the first present one is taken. */
  readonly data?: Readonly<Record<string, readonly string[]>>;
}

/** A ready-made set of entries for `track.events`; an entry of the file for the same event replaces the preset's. */
export type Preset = Readonly<Record<string, EventRule>>;
