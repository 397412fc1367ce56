import type { JSX } from 'preact';
import type { Found, Place, SubjectHash, Timeline, TimelineEntry } from '../../../src/api/index.ts';
import { ask } from '../../api-client.ts';
import { CopyLink } from '../../ui/copy-link.tsx';
import { isSamePlace, placeText } from '../../components/event-link.tsx';
import { Incomplete } from '../../components/incomplete.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { countOf, sentence } from '../../ui/format.ts';
import { useResource } from '../../ui/use-resource.ts';
import { EntryList } from './entry-list.tsx';
import { EventAnswer } from './event-answer.tsx';

export interface TimelineViewProps {
  readonly source: string;
  readonly subject: SubjectHash;
  readonly place?: Place;
}

const MOVING_MS = 2_000;
const SETTLED_MS = 10_000;

/** A user's events, and first of all the answer about the one that the address names. */
export function TimelineView({ source, subject, place }: TimelineViewProps): JSX.Element {
  const found = useResource<Found>(
    `${source}/${subject}`,
    (signal) => ask('GET /api/subjects/{source}/{subject}', { params: { source, subject }, signal }),
    (value) => (value === undefined || isMoving(value) ? MOVING_MS : SETTLED_MS),
  );
  return (
    <>
      <div class="title-row">
        <h1>What happened</h1>
        <CopyLink />
      </div>
      <Loaded resource={found} what="the timeline">
        {({ timelines, complete, hint }) => (
          <>
            {!complete && <Incomplete />}
            {timelines.length === 0 && (
              <Empty title="The log holds nothing of this user">
                <p>{sentence(hint ?? 'Their events may be older than the log reaches back')}</p>
              </Empty>
            )}
            {timelines.map((timeline) => (
              <TimelineOf key={timeline.source} timeline={timeline} {...(place !== undefined && { place })} />
            ))}
          </>
        )}
      </Loaded>
    </>
  );
}

function TimelineOf({ timeline, place }: { readonly timeline: Timeline; readonly place?: Place }): JSX.Element {
  const { source, subject, partition, entries, truncated } = timeline;
  const selected = entries.find(({ position }) => isSamePlace(position, place));
  return (
    <>
      {selected !== undefined && (
        <EventAnswer key={`${selected.position.offset}`} entry={selected} source={source} state={timeline.state} />
      )}
      {place !== undefined && selected === undefined && (
        <Empty title={`There is no event at ${placeText(place)} of this user`}>
          <p>The log may no longer hold it{truncated ? ', or it is older than the latest 200, which are shown' : ''}.</p>
        </Empty>
      )}
      <Panel
        title={`All of this user: ${countOf(entries.length, 'event')}`}
        aside={
          <span class="muted">
            source {source} · partition {partition} · user <code>{(subject ?? '').slice(0, 8)}…</code>
          </span>
        }
      >
        <EntryList entries={entries} {...(selected !== undefined && { selected: selected.position })} />
        {truncated && <p class="muted">There are older ones: these are the latest {entries.length}.</p>}
      </Panel>
    </>
  );
}

const OPEN: ReadonlySet<TimelineEntry['fate']['kind']> = new Set(['backlog', 'held', 'erasure-open']);

/** Whether something of it has yet to end. */
function isMoving({ timelines, complete }: Found): boolean {
  return !complete || timelines.some(({ entries }) => entries.some(({ fate }) => OPEN.has(fate.kind)));
}
