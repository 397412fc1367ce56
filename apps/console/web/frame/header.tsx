import type { JSX } from 'preact';
import { live, type Live } from '../live-store.ts';
import { hrefOf, type Route } from '../router.ts';
import { session, signOut } from '../session-store.ts';
import { useStore } from '../ui/store.ts';
import { nextTheme, theme, type Theme } from '../ui/theme.ts';
import { Icon } from '../ui/icon.tsx';
import { SearchBox } from './search-box.tsx';

type View = Route['view'];

const TABS: readonly { readonly route: Route; readonly label: string; readonly also?: View }[] = [
  { route: { view: 'overview' }, label: 'Overview' },
  { route: { view: 'find' }, label: 'Find', also: 'timeline' },
  { route: { view: 'dead-letters' }, label: 'Dead letters' },
  { route: { view: 'replays' }, label: 'Replays' },
  { route: { view: 'deletions' }, label: 'Deletions' },
  { route: { view: 'playground' }, label: 'Mapping' },
  { route: { view: 'audit' }, label: 'Audit' },
];

const CONNECTIONS: Readonly<Record<Live['connection'], string>> = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Not connected',
};
const THEMES: Readonly<Record<Theme, string>> = { auto: 'as the system', light: 'light', dark: 'dark' };

export function Header({ view }: { readonly view: View }): JSX.Element {
  const { connection } = useStore(live);
  const colours = useStore(theme);
  const state = useStore(session);
  const known = state.kind === 'known' ? state.session : undefined;
  return (
    <header class="top">
      <p class="brand">
        <a href={hrefOf({ view: 'overview' })}>
          Segment <span aria-hidden="true">→</span>
          <span class="visually-hidden">to</span> Extole
        </a>
        {known !== undefined && known.prefix !== '' && (
          <span class="prefix" title={known.prefix}>
            {known.prefix}
          </span>
        )}
      </p>
      <div class="top-tools">
        <span class={`connection connection-${connection}`}>{CONNECTIONS[connection]}</span>
        <button type="button" class="quiet" onClick={nextTheme} aria-label={`Colours: ${THEMES[colours]}. Change`}>
          <Icon name={colours} />
        </button>
        {known?.needsToken === true && known.operator !== null && (
          <span class="operator" title={`${known.operator.name}: ${known.operator.roles.join(', ')}`}>
            {known.operator.name}
          </span>
        )}
        {known?.canSignOut === true && (
          <button type="button" class="quiet" onClick={() => void signOut()}>
            Sign out
          </button>
        )}
      </div>
      <SearchBox />
      <nav aria-label="Views">
        <ul>
          {TABS.map(({ route, label, also }) => (
            <li key={label}>
              <a href={hrefOf(route)} {...((view === route.view || view === also) && { 'aria-current': 'page' as const })}>
                {label}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
}
