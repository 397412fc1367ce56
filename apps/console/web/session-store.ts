import type { Role, Session } from '../src/api/index.ts';
import { ApiFailure, ask, onSignedOut } from './api-client.ts';
import { Store } from './ui/store.ts';
import { textOf } from './ui/format.ts';

export type SessionState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'unreachable'; readonly message: string }
  | { readonly kind: 'known'; readonly session: Session };

const RETRY_MS = 2_000;

export const session = new Store<SessionState>({ kind: 'asking' });

/** Asks who may do what; again and again until the console has answered once. */
export async function loadSession(): Promise<void> {
  try {
    session.set({ kind: 'known', session: await ask('GET /api/session', {}) });
  } catch (error) {
    // Whoever sees something goes on seeing it: that the connection is lost is said above it, and the live stream asks again.
    if (session.value.kind === 'known') return;
    session.set({ kind: 'unreachable', message: textOf(error) });
    setTimeout(() => void loadSession(), RETRY_MS);
  }
}

/** @returns why not, or undefined when signed in */
export async function signIn(token: string): Promise<string | undefined> {
  try {
    session.set({ kind: 'known', session: await ask('POST /api/login', { body: { token } }) });
    return undefined;
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 401)
      return 'That is not the token. It is one of your own, from bridge console user, or the value of CONSOLE_TOKEN.';
    return textOf(error);
  }
}

export async function signOut(): Promise<void> {
  session.set({ kind: 'known', session: await ask('POST /api/logout', { body: {} }) });
}

/** Who uses the page, once they have signed in. */
export function operatorOf(state: SessionState): Session['operator'] {
  return state.kind === 'known' ? state.session.operator : null;
}

/** Whether they may do what takes the role. The server decides by itself: this is for what the page offers. */
export function may(state: SessionState, role: Role): boolean {
  return operatorOf(state)?.roles.includes(role) === true;
}

/** The ids of the configured sources, in their order. */
export function sourcesOf(state: SessionState): readonly string[] {
  return state.kind === 'known' ? state.session.sources : [];
}

onSignedOut(() => {
  const state = session.value;
  if (state.kind === 'known')
    session.set({ kind: 'known', session: { ...state.session, needsToken: true, signedIn: false, operator: null } });
});
