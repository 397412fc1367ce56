export * from './operation-error.ts';
export * from './log-access.ts';
export * from './parse-options.ts';
export { recordAction, type Actor, type AuditedObject } from './audit.ts';
export { controlSource, type ControlVerb } from './control-source.ts';
export { scanOutcomes } from './scan-outcomes.ts';
export * from './explain-event.ts';
export { DeadLetterIndex, type DeadLetterFilter, type DeadLetterGroup } from './dead-letters/dead-letter-index.ts';
export { findDeadLetters, redriveRequest } from './dead-letters/find-dead-letters.ts';
export { deletionStatusOf, openDeletions, waitingLongerThan, type DeletionStatus } from './facts/deletion-status.ts';
export { liftSuppression } from './facts/lift-suppression.ts';
export { describeReplay } from './replay/describe-replay.ts';
export { rehearse, type RehearsedExample, type Rehearsal } from './replay/rehearse.ts';
export { exitCodeOf, figuresOf, ReplayBook, type KnownReplay, type ReplayFigures } from './replay/replay-book.ts';
export { changeReplay, findReplay, readReplays, readReplaysOn, writeRequest } from './replay/replay-topic.ts';
export { REPLAYS_PARTITION } from './replay/replays-partition.ts';
export {
  filterOf,
  isOutcomeName,
  newRequest,
  offsetsOf,
  requestFor,
  wishFault,
  type ReplayWish,
  type WishFault,
} from './replay/replay-wish.ts';
export { askForwarder, type AskedForwarder } from './forwarders/ask-forwarder.ts';
export {
  readAnswer,
  type ForwarderAnswer,
  type ForwarderPartition,
  type ForwarderSource,
} from './forwarders/forwarder-answer.ts';
export { combineStates, type CombinedState, type SaidState } from './forwarders/source-state.ts';
export { acceptLog, type AcceptedLog } from './log-place/accept-log.ts';
export { unownedPartitions, unownedProblem } from './forwarders/unowned-partitions.ts';
