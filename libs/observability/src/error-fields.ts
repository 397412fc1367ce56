import { isNativeError } from 'node:util/types';

declare const safeBrand: unique symbol;

/** An error message that is known to hold nothing personal; made by {@link errorFields} alone. */
export type SafeMessage = string & { readonly [safeBrand]: true };

/** An error as a log line shows it; spread it into the fields of the line. */
export interface ErrorFields {
  /** The class's name. */
  readonly error: string;
  readonly code?: string;
  readonly message?: SafeMessage;
}

/**
 * An error's class, code and, where it is known to be harmless, message.
 *
 * The message is kept for errors of ours (a snake_case `code`: by the house rules their messages hold nothing personal), of the
 * operating system, of kafkajs and of undici. Every other message is left out: a `SyntaxError` of `JSON.parse`, for one, quotes
 * the text that it failed on.
 */
export function errorFields(error: unknown): ErrorFields {
  if (!isError(error)) return { error: typeof error };
  const code = codeOf(error);
  return {
    error: error.name,
    ...(code === undefined ? {} : { code }),
    ...(mayQuote(error) ? { message: error.message as SafeMessage } : {}),
  };
}

function codeOf(error: Error): string | undefined {
  const code: unknown = 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return code;
  // kafkajs carries the broker's error in `type`, such as NOT_LEADER_FOR_PARTITION; its `code` is a number.
  const type: unknown = 'type' in error ? error.type : undefined;
  return error.name.startsWith('KafkaJS') && typeof type === 'string' ? type : undefined;
}

function mayQuote(error: Error): boolean {
  const code = codeOf(error) ?? '';
  const isOurs = /^[a-z][a-z0-9_]*$/.test(code);
  // Not Node's ERR_… errors: their messages quote the argument that was refused.
  const isSystem = 'syscall' in error && /^E[A-Z0-9]+$/.test(code);
  const isUndici = code.startsWith('UND_ERR_');
  return isOurs || isSystem || isUndici || isKafka(error);
}

/** kafkajs wraps whatever was thrown inside its retries and takes its message over: the cause decides then. */
function isKafka(error: Error): boolean {
  if (!error.name.startsWith('KafkaJS')) return false;
  return !isError(error.cause) || mayQuote(error.cause);
}

/** Also for an error of another realm (jest's, a worker's), which `instanceof` does not know, and a DOMException, which only it knows. */
function isError(value: unknown): value is Error {
  return isNativeError(value) || value instanceof Error;
}
