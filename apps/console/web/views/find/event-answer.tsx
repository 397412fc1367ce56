import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { SourceState, TimelineEntry } from '../../../src/api/index.ts';
import { Badge } from '../../ui/badge.tsx';
import { placeText } from '../../components/event-link.tsx';
import { Facts } from '../../ui/facts.tsx';
import { TimeAgo } from '../../ui/time.tsx';
import { answerText, formatDuration } from '../../ui/format.ts';
import { answerOf, titleOf } from './answer.ts';
import { EventBody } from './event-body.tsx';
import { NextStep } from './next-step.tsx';

export interface EventAnswerProps {
  readonly entry: TimelineEntry;
  readonly source: string;
  /** Of the source, now. */
  readonly state: SourceState;
}

/** Whether the event reached Extole and why not, in one sentence; then what one can do, and then the facts. */
export function EventAnswer({ entry, source, state }: EventAnswerProps): JSX.Element {
  const { tone, verdict, sentence, note } = answerOf(entry);
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever followed a link to it wants to go on reading here.
  useEffect(() => heading.current?.focus(), []);
  return (
    <article class={`panel edged tone-${tone}`} aria-labelledby="answer-heading">
      <div class="panel-head">
        <h2 id="answer-heading" ref={heading} tabIndex={-1}>
          {titleOf(entry)}
        </h2>
        <Badge tone={tone}>{verdict}</Badge>
      </div>
      <p class="answer-sentence">{sentence}</p>
      {note !== undefined && <p class="muted">{note}</p>}
      <NextStep entry={entry} source={source} state={state} />
      <EventFacts entry={entry} />
      {entry.type !== 'delete' && <EventBody entry={entry} />}
    </article>
  );
}

function EventFacts({ entry }: { readonly entry: TimelineEntry }): JSX.Element {
  const { receivedAt, outcome, messageId, position, mappedEvent, inLog } = entry;
  return (
    <Facts
      facts={[
        ['Received', receivedAt === undefined ? 'no longer known' : <TimeAgo at={receivedAt} />],
        ['Ended', outcome === undefined ? 'not yet' : <TimeAgo at={outcome.at} />],
        ['Took', outcome === undefined ? undefined : formatDuration(outcome.latencyMs)],
        ['Attempts', outcome?.attempts],
        ['Answer', answerText(outcome?.status, outcome?.code)],
        ['Name at Extole', mappedEvent !== titleOf(entry) ? mappedEvent : undefined],
        ['Detail', outcome?.detail],
        ['Id at Extole', outcome?.extoleId === undefined ? undefined : <code>{outcome.extoleId}</code>],
        ['Message id', <code>{messageId}</code>],
        ['Partition:offset', <code>{placeText(position)}</code>],
        ['Mapping', outcome?.mappingVersion],
        ['Replay', outcome?.run],
        ['Log', inLog ? undefined : 'no longer holds it'],
      ]}
    />
  );
}
