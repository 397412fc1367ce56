import { connect, createServer } from 'node:net';

/** Whether something can listen on `port`: nobody answers there on the loopback, and it can be bound on every address. */
export async function isPortFree(port) {
  // Some systems let a second process bind 0.0.0.0 beside a first on 127.0.0.1, so binding alone proves nothing; nor does connecting, to a full backlog.
  if (await answers('127.0.0.1', port)) return false;
  return (await canListen('127.0.0.1', port)) && (await canListen('::', port));
}

/** Whether a TCP connection to `host:port` is accepted within `timeoutMs`. */
export function answers(host, port, timeoutMs = 2_000) {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (accepted) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.setTimeout(timeoutMs, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

function canListen(host, port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error.code !== 'EADDRINUSE' && error.code !== 'EACCES'));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Below the range from which systems take ports for outgoing connections: one of those could snatch the port before its owner has bound it. */
const FIRST_FREE_PORT = 20_000;
const FREE_PORTS = 12_000;
const handedOut = new Set();

/** A port that is free now and that this process has not handed out before. */
export async function freePort() {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const port = FIRST_FREE_PORT + Math.floor(Math.random() * FREE_PORTS);
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`No free port between ${FIRST_FREE_PORT} and ${FIRST_FREE_PORT + FREE_PORTS - 1}.`);
}
