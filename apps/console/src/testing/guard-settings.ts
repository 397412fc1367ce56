import type { GuardSettings } from '../http/guard.ts';

/** Settings of a guard: nobody has to sign in, unless the test says otherwise. */
export function guardSettings(own: Partial<GuardSettings> = {}): GuardSettings {
  return { users: [], sessionIdleMs: 3_600_000, sessionLifetimeMs: 43_200_000, ...own };
}
