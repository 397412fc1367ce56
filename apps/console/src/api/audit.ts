import type { IsoTime, Place, SubjectHash } from './shared.ts';

/** What operators have done, the newest first: `GET /api/audit`. Read from the log, so that it is the same after a restart, and from every console. */
export interface Audit {
  /** The newest 1,000 of each source. */
  readonly actions: readonly AuditedAction[];
  /** False: a source has older ones, which the log still holds. */
  readonly complete: boolean;
}

export interface AuditedAction {
  readonly source: string;
  readonly at: IsoTime;
  /** The operator's name. The console has checked it; to the command line one may call oneself anything. */
  readonly by: string;
  readonly via: 'console' | 'cli';
  /** `unmask`, `stop`, `resume`, `probe`, `replay`, `redrive`, `pause`, `continue`, `cancel`, `lift`, `accept-log`; a later version may know others. */
  readonly action: string;
  /** Of a replay or redrive. */
  readonly run?: string;
  /** Of an unmasked event. */
  readonly position?: Place;
  /** Of an accepted log, or a lifted suppression. */
  readonly partition?: number;
  /** The hashed user whose suppression was lifted. */
  readonly subject?: SubjectHash;
  /** Why a source was stopped. */
  readonly note?: string;
}
