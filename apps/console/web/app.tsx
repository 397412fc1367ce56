import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Announcer } from './ui/announcer.tsx';
import { ConnectionBanner } from './frame/connection-banner.tsx';
import { Header } from './frame/header.tsx';
import { Empty } from './ui/notice.tsx';
import { followLive } from './live-store.ts';
import { hrefOf, useRoute, type Route } from './router.ts';
import { session } from './session-store.ts';
import { useStore } from './ui/store.ts';
import { AuditView } from './views/audit/audit-view.tsx';
import { DeadLettersView } from './views/dead-letters/dead-letters-view.tsx';
import { DeletionsView } from './views/deletions/deletions-view.tsx';
import { FindView } from './views/find/find-view.tsx';
import { TimelineView } from './views/find/timeline-view.tsx';
import { OverviewView } from './views/overview/overview-view.tsx';
import { PlaygroundView } from './views/playground/playground-view.tsx';
import { ReplaysView } from './views/replays/replays-view.tsx';
import { SignInView } from './views/session/sign-in-view.tsx';
import { UnreachableView } from './views/session/unreachable-view.tsx';

/** The whole page: who may see it first, then the view that the address names. */
export function App(): JSX.Element {
  const state = useStore(session);
  if (state.kind === 'asking') return <p class="loading page">Asking the console …</p>;
  if (state.kind === 'unreachable') return <UnreachableView message={state.message} />;
  if (state.session.needsToken && !state.session.signedIn) return <SignInView takesTokens={state.session.takesTokens} />;
  return <Console />;
}

function Console(): JSX.Element {
  const route = useRoute();
  useEffect(followLive, []);
  useFocusOnArrival(route.view);
  useEffect(() => {
    document.title = `${TITLES[route.view]} · Segment to Extole`;
  }, [route.view]);
  return (
    <>
      <a class="skip" href="#main" onClick={skipToMain}>
        Skip to the content
      </a>
      <Header view={route.view} />
      <ConnectionBanner />
      <main id="main" tabIndex={-1}>
        <View route={route} />
      </main>
      <Announcer />
    </>
  );
}

const TITLES: Readonly<Record<Route['view'], string>> = {
  overview: 'Overview',
  find: 'Find',
  timeline: 'Find',
  'dead-letters': 'Dead letters',
  replays: 'Replays',
  deletions: 'Deletions',
  playground: 'Mapping',
  audit: 'Audit',
  nowhere: 'Nothing here',
};

function View({ route }: { readonly route: Route }): JSX.Element {
  switch (route.view) {
    case 'overview':
      return <OverviewView {...(route.source !== undefined && { source: route.source })} />;
    case 'find':
      return <FindView />;
    case 'timeline':
      return <TimelineView key={`${route.source}/${route.subject}`} {...route} />;
    case 'dead-letters':
      return <DeadLettersView />;
    case 'replays':
      return <ReplaysView {...(route.run !== undefined && { run: route.run })} />;
    case 'deletions':
      return <DeletionsView {...(route.id !== undefined && { id: route.id })} />;
    case 'playground':
      return <PlaygroundView />;
    case 'audit':
      return <AuditView />;
    case 'nowhere':
      return (
        <Empty title="There is nothing at this address">
          <p>
            It may have been cut short when it was sent. <a href={hrefOf({ view: 'overview' })}>Go to the overview</a>
          </p>
        </Empty>
      );
  }
}

/** Whoever goes to another view goes on reading at its heading; the page as it is first loaded keeps the focus where the browser has it. */
function useFocusOnArrival(view: Route['view']): void {
  const last = useRef(view);
  useEffect(() => {
    if (last.current === view) return;
    last.current = view;
    const heading = document.querySelector<HTMLElement>('main h1');
    heading?.setAttribute('tabindex', '-1');
    heading?.focus();
  }, [view]);
}

/** The address stays: it names the view. */
function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
