import { Store } from './store.ts';

/** `auto` follows the system. */
export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'bridge-console-theme';
const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

export const theme = new Store<Theme>(storedTheme());

/** Changes when the colours do, whoever changed them: the canvas of a chart does not follow style sheets by itself. */
export const colours = new Store(0);

export function applyTheme(): void {
  document.documentElement.dataset['theme'] = theme.value;
  colours.set(colours.value + 1);
}

export function nextTheme(): void {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'auto';
  theme.set(next);
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Storage may be forbidden: the choice then lasts as long as the page.
  }
  applyTheme();
}

export function followSystemTheme(): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => colours.set(colours.value + 1));
}

function storedTheme(): Theme {
  try {
    return THEMES.find((name) => name === localStorage.getItem(KEY)) ?? 'auto';
  } catch {
    return 'auto';
  }
}
