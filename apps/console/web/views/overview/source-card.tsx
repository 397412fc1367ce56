import type { JSX } from 'preact';
import type { SourceOverview, SourceState } from '../../../src/api/index.ts';
import { TONE_ICON } from '../../ui/badge.tsx';
import { Icon } from '../../ui/icon.tsx';
import { TimeAgo } from '../../ui/time.tsx';
import { answerText, countOf, formatCount, formatDuration, formatRate, formatShare, sentence } from '../../ui/format.ts';
import { hrefOf } from '../../router.ts';
import { SourceActions } from './source-actions.tsx';
import { toneOf, wordOf } from './state-words.ts';

export interface SourceCardProps {
  readonly source: SourceOverview;
  /** Its charts are those that are shown below. */
  readonly isChosen: boolean;
}

/** A source at a glance: whether it delivers, why not, since when, and what an operator can do about it. */
export function SourceCard({ source, isChosen }: SourceCardProps): JSX.Element {
  const { state, erasures, settings } = source;
  const tone = toneOf(state);
  const id = `source-${source.source}`;
  return (
    <section class={`panel edged source-card tone-${tone} ${isChosen ? 'chosen' : ''}`} aria-labelledby={id}>
      <div class="panel-head">
        <h2 id={id}>
          <a href={hrefOf({ view: 'overview', source: source.source })}>{source.source}</a>
        </h2>
        <span class="muted setting">
          {hostOf(settings.extoleBaseUrl)} · {settings.mode} · mapping {settings.mappingVersion}
        </span>
      </div>
      <p class="state">
        <Icon name={TONE_ICON[tone]} />
        <strong>{wordOf(state)}</strong>
        {state.since !== undefined && state.kind !== 'delivering' && (
          <span class="muted">
            since <TimeAgo at={state.since} />
            {state.by !== undefined && `, by ${state.by}`}
          </span>
        )}
      </p>
      {state.why !== undefined && <p class="why">{sentence(state.why)}</p>}
      {isSeparate(erasures, state) && (
        <p class={`why tone-${toneOf(erasures)}`}>
          Deletions at Extole — {wordOf(erasures).toLowerCase()}: {sentence(erasures.why ?? '')}
        </p>
      )}
      <Figures source={source} />
      <div class="source-foot">
        <Links source={source} />
        <SourceActions source={source.source} state={state} lag={source.lag} />
      </div>
    </section>
  );
}

function Figures({ source }: { readonly source: SourceOverview }): JSX.Element {
  const { eventsInPerSecond, deliveredPerSecond, lag, inFlight, oldestUndeliveredMs, errorRate } = source;
  return (
    <dl class="figures">
      <Figure name="Events in" value={formatRate(eventsInPerSecond)} />
      <Figure name="Delivered" value={formatRate(deliveredPerSecond)} />
      <Figure name="Lag" value={formatCount(lag)} />
      <Figure name="Oldest waiting" value={oldestUndeliveredMs === 0 ? 'none' : formatDuration(oldestUndeliveredMs)} />
      <Figure name="In flight" value={formatCount(inFlight)} />
      <Figure name="Errors" value={formatShare(errorRate)} />
    </dl>
  );
}

function Links({ source: { deadLetters, openDeletions, lastError } }: { readonly source: SourceOverview }): JSX.Element {
  return (
    <p class="links">
      <a href={hrefOf({ view: 'dead-letters' })}>{countOf(deadLetters, 'dead letter')}</a>
      <a href={hrefOf({ view: 'deletions' })}>{countOf(openDeletions, 'open deletion')}</a>
      {lastError !== null && (
        <span class="muted">
          last error {answerText(lastError.status, lastError.code)}, <TimeAgo at={lastError.at} />
        </span>
      )}
    </p>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Erasures have a gate of their own: it is worth a word where it says something else. */
function isSeparate(erasures: SourceState, events: SourceState): boolean {
  return erasures.kind !== 'delivering' && erasures.kind !== 'unattended' && erasures.why !== events.why;
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}
