import { ConfigError } from '#config';
import { LogUnavailableError, rightMissingIn, SettingsRefusedError, TopicMismatchError, whatToCheck } from '#event-log';
import { OperationError } from '#operations';

/** Something that the operator can mend; its message is one line that says how. */
export class CliError extends Error {
  override readonly name = 'CliError';
}

const TOLD_BY_THEIR_MESSAGE = [
  CliError,
  OperationError,
  ConfigError,
  TopicMismatchError,
  SettingsRefusedError,
  LogUnavailableError,
];

/** What to tell the operator about an error. */
export function describeError(error: unknown): string {
  const lacking = rightMissingIn(error);
  if (lacking !== undefined) return lacking.message;
  if (TOLD_BY_THEIR_MESSAGE.some((kind) => error instanceof kind) && error instanceof Error) return error.message;
  const { reason } = whatToCheck(error);
  if (reason !== undefined) return reason;
  if (error instanceof Error && error.name.startsWith('KafkaJS')) {
    return `Kafka does not do as asked (${error.message}): check KAFKA_BROKERS, its rights, and that the broker runs`;
  }
  return error instanceof Error ? `${error.name}: ${error.message}` : 'an unknown error';
}
