import type { Verdict } from '#delivery';

/** Why a call has no answer, by the error's code (undici's, Node's, ours). */
const CODES: ReadonlyMap<string, string> = new Map([
  ['CALL_TIMEOUT', 'timeout'],
  ['CALL_ABORTED', 'aborted'],
  ['CALL_NOT_SENT', 'not_sent'],
  ['UND_ERR_CONNECT_TIMEOUT', 'connect_timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['UND_ERR_ABORTED', 'aborted'],
  ['ETIMEDOUT', 'connect_timeout'],
  ['ECONNREFUSED', 'connection_refused'],
  ['ECONNRESET', 'connection_lost'],
  ['EPIPE', 'connection_lost'],
  ['UND_ERR_SOCKET', 'connection_lost'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'connection_lost'],
  ['ENOTFOUND', 'host_not_found'],
  ['EAI_AGAIN', 'host_not_found'],
  ['EHOSTUNREACH', 'host_unreachable'],
  ['ENETUNREACH', 'host_unreachable'],
  // undici leaves this one without a code.
  ['HTTPParserError', 'invalid_answer'],
  // Neither is the network's doing; under a name of their own, so that a fault of ours does not pass for one.
  ['UND_ERR_CLOSED', 'client_closed'],
  ['UND_ERR_DESTROYED', 'client_closed'],
  ['UND_ERR_INVALID_ARG', 'invalid_call'],
]);

/** It was us who did not send the call, or gave it up before its time. */
const WITHDRAWN = new Set(['CALL_ABORTED', 'CALL_NOT_SENT']);

/** How the codes of a certificate that is not accepted begin. */
const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/**
 * What it means that a call has no answer: it may have been applied or not, so the identical bytes are sent again (wire.md 2.3). Always a retry: a
 * network that is down for good holds the account through its circuit breaker. The error's own message goes no further; it may hold addresses.
 */
export function classifyError(error: unknown): Verdict {
  const code = codeOf(error);
  return { kind: 'retry', reason: WITHDRAWN.has(code) ? 'withdrawn' : 'transient', code: nameOf(code) };
}

function nameOf(code: string): string {
  return TLS.test(code) ? 'tls_failure' : (CODES.get(code) ?? 'no_answer');
}

/** The error's code; else its cause's, as `fetch`-like errors wrap theirs; else its name. Not by `instanceof`: errors cross realms. */
function codeOf(error: unknown): string {
  const { code, cause, name } = fieldsOf(error);
  return [code, fieldsOf(cause).code, name].find((candidate) => typeof candidate === 'string') ?? '';
}

function fieldsOf(error: unknown): { code?: unknown; cause?: unknown; name?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}
