/** What was asked for cannot be done; the message is for the operator, says how to go on, and holds nothing personal. */
export class OperationError extends Error {
  override readonly name: string = 'OperationError';
  readonly code: string = 'operation_refused';
}
