import { connect } from 'node:net';
import { once } from 'node:events';

const HEADER = { correlationId: 4, clientId: 'test' } as const;
const TIMEOUT_MS = 20_000;

/** Fields of Kafka's protocol, one after the other: what kafkajs has no request for is written by hand. */
export const wire = {
  int8: (value: number): Buffer => Buffer.from([value]),
  int16: (value: number): Buffer => int(2, value),
  int32: (value: number): Buffer => int(4, value),
  float64(value: number): Buffer {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value);
    return bytes;
  },
  /** Null is another thing than empty: of an entity, its default. */
  text: (value: string | null): Buffer =>
    value === null ? wire.int16(-1) : Buffer.concat([wire.int16(Buffer.byteLength(value)), Buffer.from(value)]),
  list: (items: readonly Buffer[]): Buffer => Buffer.concat([wire.int32(items.length), ...items]),
} as const;

/** Asks one broker one thing, in a version without tagged fields, on a connection of its own. @returns the answer behind its header */
export async function askKafka(
  address: string,
  api: { readonly key: number; readonly version: number },
  body: Buffer,
): Promise<Buffer> {
  const [host = '', port = ''] = address.split(':');
  const header = Buffer.concat([
    wire.int16(api.key),
    wire.int16(api.version),
    wire.int32(HEADER.correlationId),
    wire.text(HEADER.clientId),
  ]);
  const socket = connect(Number(port), host);
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    socket.write(Buffer.concat([wire.int32(header.length + body.length), header, body]));
    let answer = Buffer.alloc(0);
    while (answer.length < 4 || answer.length < 4 + answer.readInt32BE(0)) {
      const [bytes] = (await once(socket, 'data', { signal: AbortSignal.timeout(TIMEOUT_MS) })) as [Buffer];
      answer = Buffer.concat([answer, bytes]);
    }
    return answer.subarray(8);
  } finally {
    socket.destroy();
  }
}

function int(size: number, value: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeIntBE(value, 0, size);
  return bytes;
}
