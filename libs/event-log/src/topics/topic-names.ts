/** The topics of one source (design.md 3). */
export interface SourceTopics {
  readonly events: string;
  readonly deletions: string;
  readonly outcomes: string;
  readonly replays: string;
}

/** The names of a source's topics under `TOPIC_PREFIX`. */
export function topicsOf(prefix: string, sourceId: string): SourceTopics {
  return {
    events: `${prefix}segment.events.${sourceId}`,
    deletions: `${prefix}segment.deletions.${sourceId}`,
    outcomes: `${prefix}extole.outcomes.${sourceId}`,
    replays: `${prefix}extole.replays.${sourceId}`,
  };
}
