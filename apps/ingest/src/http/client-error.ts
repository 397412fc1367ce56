import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** What Node's parser calls the requests that it cannot make sense of, or did not get in time. */
const STATUS_OF: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
};

/**
 * Answers what is no HTTP, or came too slowly, before there is a request that a door could answer: in the doors' shape, without a word
 * of the input, and closes the connection.
 */
export function answerToClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = STATUS_OF[error.code ?? ''] ?? 400;
  const reason = STATUS_CODES[status] ?? '';
  if (socket.writable) socket.write(answerText(status, reason));
  socket.destroy();
}

function answerText(status: number, reason: string): string {
  const body = JSON.stringify({ success: false, message: reason.toLowerCase() });
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
