import { render } from 'preact';
import { App } from './app.tsx';
import { loadSession } from './session-store.ts';
import { applyTheme, followSystemTheme } from './ui/theme.ts';

applyTheme();
followSystemTheme();
void loadSession();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
