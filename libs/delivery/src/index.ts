export * from './now.ts';
export * from './endings/verdict.ts';
export * from './endings/outcome.ts';
export * from './deletion/deletion-record.ts';
export * from './log-record.ts';
export * from './dispatch/evaluation.ts';
export * from './decision.ts';
export * from './persons/person-step.ts';
export type * from './logged.ts';
export * from './driver/driver-options.ts';
export { INVARIANTS, type Invariant } from './driver/invariants.ts';
export * from './driver/partition-driver.ts';
export * from './source-delivery.ts';
export * from './group/membership.ts';
export {
  AccountGate,
  type FailedCall,
  type Fault,
  type FaultReason,
  type GateOptions,
  type GateState,
  type OperatorStop,
} from './account/account-gate.ts';
export * from './account/source-control.ts';
export { PartitionState, type StateWindows } from './state/partition-state.ts';
export { readCheckpoint, writeCheckpoint, type CheckpointFault, type CheckpointIdentity } from './state/checkpoint.ts';
export { LogBreaks, type LogAcceptance, type LogBreak } from './log-place/log-breaks.ts';
export * from './log-place/log-place.ts';
export * from './log-place/place-of-state.ts';
export * from './log-place/known-records.ts';
export * from './replay/replay-request.ts';
export type * from './replay/replay-tag.ts';
export { OutcomeIndex } from './replay/outcome-index.ts';
export { REPLAY_RESULTS, ReplayTracker, type ReplayCounts } from './replay/replay-tracker.ts';
export { TokenBucket } from './account/token-bucket.ts';
export type { AfterDeletion } from './deletion/deletion-barrier.ts';
