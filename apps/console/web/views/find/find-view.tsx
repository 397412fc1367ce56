import type { JSX } from 'preact';
import type { Timeline } from '../../../src/api/index.ts';
import { Incomplete } from '../../components/incomplete.tsx';
import { Empty, Notice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { countOf, sentence } from '../../ui/format.ts';
import { hrefOf } from '../../router.ts';
import { useStore } from '../../ui/store.ts';
import { EntryList } from './entry-list.tsx';
import { search, searchState, timelineKey, type SearchState } from './search.ts';

/** What to look for, and what was found if that is not one timeline. */
export function FindView(): JSX.Element {
  const state = useStore(searchState);
  return (
    <>
      <h1>Find</h1>
      {state.kind === 'idle' && <HowToFind />}
      {state.kind === 'searching' && <p class="loading">Looking for it …</p>}
      {state.kind === 'failed' && (
        <Notice tone="bad" title="The search failed" isAlert>
          <p>{sentence(state.message)}</p>
          <button type="button" onClick={() => void search(state.term)}>
            Try again
          </button>
        </Notice>
      )}
      {state.kind === 'found' && <Results {...state} />}
    </>
  );
}

function HowToFind(): JSX.Element {
  return (
    <Empty title="What happened to this conversion?">
      <p>
        Type a user’s id (userId, or anonymousId where there is none), a message id or a deletion’s id into the field above: press{' '}
        <kbd>/</kbd> to get there. The answer is a link that you can send on; it holds a hash, never the id.
      </p>
    </Empty>
  );
}

function Results({ term, found }: Extract<SearchState, { kind: 'found' }>): JSX.Element {
  const { timelines, complete, hint } = found;
  return (
    <>
      {!complete && <Incomplete />}
      {timelines.length === 0 && (
        <Empty title="Nothing was found">
          <p>{hint === undefined ? 'No event of that user, and no message of that id.' : sentence(hint)}</p>
          <button type="button" onClick={() => void search(term)}>
            Look again
          </button>
        </Empty>
      )}
      {timelines.map((timeline) => (
        <FoundTimeline key={timelineKey(timeline)} timeline={timeline} />
      ))}
    </>
  );
}

function FoundTimeline({ timeline }: { readonly timeline: Timeline }): JSX.Element {
  const { source, subject, entries } = timeline;
  const link = subject === undefined ? undefined : <a href={hrefOf({ view: 'timeline', source, subject })}>Open</a>;
  return (
    <Panel title={`Source ${source}: ${countOf(entries.length, 'event')}`} {...(link !== undefined && { aside: link })}>
      <EntryList entries={entries} />
    </Panel>
  );
}
