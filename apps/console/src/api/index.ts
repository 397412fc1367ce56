export type * from './audit.ts';
/** The console's API as types: what its routes take and answer. No code, so that the page in the browser can import it too. */
export type * from './shared.ts';
export type * from './session.ts';
export type * from './overview.ts';
export type * from './timeline.ts';
export type * from './dead-letters.ts';
export type * from './replays.ts';
export type * from './deletions.ts';
export type * from './playground.ts';
export type * from './routes.ts';
