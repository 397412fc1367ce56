import { connect, type Socket } from 'node:net';

/** An answer as it came over the connection. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** How long a connection may be silent before the exchange counts as over. */
const QUIET_MS = 1_000;

/** Sends `bytes` on a connection of its own and returns the answers, in order. */
export async function exchange(
  port: number,
  bytes: Buffer,
  options: { readonly halfClose?: boolean } = {},
): Promise<RawAnswer[]> {
  const socket = await open(port);
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A refusal of what is still being sent ends in a reset: what was read before it is the answer.
    socket.once('error', () => resolve());
    socket.once('close', () => resolve());
    socket.setTimeout(QUIET_MS, () => resolve());
  });
  if (options.halfClose === true) socket.end(bytes);
  else socket.write(bytes);
  await ended;
  socket.destroy();
  return answersIn(Buffer.concat(chunks).toString('latin1'));
}

/** An open connection; its later errors are nobody's. */
export function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
    socket.on('error', () => undefined);
  });
}

function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = text; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n');
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(rest)?.[1];
    if (end < 0 || status === undefined) return [...answers, { status: 0, head: rest, body: '' }];
    const head = rest.slice(0, end);
    // Node's own answers are empty, in one chunk of nothing.
    const empty = /^transfer-encoding: chunked$/im.test(head) ? '0\r\n\r\n'.length : 0;
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
    answers.push({ status: Number(status), head, body: rest.slice(end + 4, end + 4 + length) });
    rest = rest.slice(end + 4 + length + empty);
  }
  return answers;
}
