export * from './server.ts';
export type { Behaviour } from './behaviour.ts';
export type { Fault, FaultKind, FaultMatch } from './faults.ts';
export type { LedgerEntry, LedgerSummary } from './ledger.ts';
