/** The topics of one source. */
export interface SourceTopics {
  readonly events: string;
  readonly deletions: string;
  readonly outcomes: string;
  readonly replays: string;
}

const EVENTS = /segment\.events\.[^.]+$/;

/** Whether a topic is one of events; a source's id has no dot, so that no other topic's name ends like it, whatever the prefix. */
export function isOfEvents(topic: string): boolean {
  return EVENTS.test(topic);
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
