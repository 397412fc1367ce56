import { createServer, request, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { atTestEnd } from '../support/test-end.ts';

/** One request of an SDK, and what ingest answered to it. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As text, unpacked where it was gzipped. */
  readonly body: string;
  readonly status: number;
}

/** Stands between an SDK and ingest: passes everything on as it is, and remembers it. */
export interface WireRecorder {
  readonly url: string;
  /** In the order in which they were answered. */
  readonly requests: readonly RecordedRequest[];
}

/** Starts a recorder in front of ingest; it ends with the test. */
export async function startWireRecorder(ingestUrl: string): Promise<WireRecorder> {
  const requests: RecordedRequest[] = [];
  const server = createServer((incoming, answer) => {
    relay(ingestUrl, incoming, answer).then(
      (recorded) => requests.push(recorded),
      // What an SDK sees when nobody listens.
      () => answer.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atTestEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

async function relay(ingestUrl: string, incoming: IncomingMessage, answer: ServerResponse): Promise<RecordedRequest> {
  const { method = '', url: path = '', headers } = incoming;
  const body = await buffer(incoming);
  const target = new URL(path, ingestUrl);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request(target, { method, headers: { ...headers, connection: 'close' } }, resolve);
    outgoing.on('error', reject).end(body);
  });
  const answerBody = await buffer(response);
  const status = response.statusCode ?? 0;
  const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
  answer.writeHead(status, response.headers).end(answerBody);
  return { method, path, headers, body: text, status };
}
