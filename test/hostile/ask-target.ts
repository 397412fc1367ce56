import { Agent, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';

/** A request whose target is sent as it is written, which `fetch` would not do. */
export interface TargetRequest {
  readonly method: string;
  readonly target: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

export interface TargetAnswer {
  /** 0 where the connection was closed without an answer. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const NO_ANSWER: TargetAnswer = { status: 0, headers: {}, text: '' };
const AT_ONCE = 16;

/** Sends every request to `origin`, some at a time, and hands each to `judge` with its answer; what never ends counts as answered by its head. */
export async function askEach<R extends TargetRequest>(
  origin: string,
  requests: Iterable<R>,
  judge: (asked: R, answer: TargetAnswer) => void,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const queue = requests[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next())
      judge(next.value, await askTarget(origin, next.value, agent));
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    agent.destroy();
  }
}

/** Sends one request and returns its answer. */
export function askTarget(origin: string, asked: TargetRequest, agent?: Agent): Promise<TargetAnswer> {
  const { method, target, headers = {}, body = '' } = asked;
  const { hostname, port } = new URL(origin);
  const length = { 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const exchange = request({
      hostname,
      port,
      method,
      path: target,
      headers: { ...length, ...headers },
      ...(agent !== undefined && { agent }),
    });
    exchange.once('error', (error: NodeJS.ErrnoException) => {
      // What the parser refuses is answered below HTTP and closes the connection at once, which may overtake the answer; a HEAD gets a
      // body that no client can read.
      if (exchange.reusedSocket && error.code === 'ECONNRESET') resolve(askTarget(origin, asked));
      else if (error.code === 'ECONNRESET' || error.code?.startsWith('HPE_') === true) resolve(NO_ANSWER);
      else reject(new Error(`${method} ${target}: ${error.message}`, { cause: error }));
    });
    exchange.once('response', (response) => {
      const chunks: Buffer[] = [];
      const settle = (): void =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() });
      if (response.headers['content-type']?.startsWith('text/event-stream') === true) {
        settle();
        response.destroy();
        return;
      }
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', settle);
      response.once('error', reject);
    });
    exchange.end(body);
  });
}
