import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Behaviour } from './behaviour.ts';
import { Call } from './call.ts';
import { handleControl, isControlPath } from './routes/control.ts';
import { Simulation } from './simulation.ts';

/** The token that is accepted when none is configured. */
export const DEFAULT_TOKEN = 'extole-simulator-token';

export interface SimulatorOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Accepted access tokens, each with an account of its own; default {@link DEFAULT_TOKEN}. */
  readonly tokens?: readonly string[];
  /** How many of the latest calls the ledger keeps; default 2,000,000. */
  readonly ledgerLimit?: number;
  /** How many of the latest calls it keeps with their bodies; default 200,000. */
  readonly bodyLimit?: number;
  /** What differs from the default behaviour from the start, and after each reset. */
  readonly behaviour?: Partial<Behaviour>;
}

export interface RunningSimulator {
  readonly port: number;
  /** The base URL, without a slash at the end. */
  readonly url: string;
  /** Stops listening and ends open connections, hanging ones too. */
  close(): Promise<void>;
}

/** The simulator's port cannot be listened on. */
export class SimulatorPortError extends Error {
  override readonly name = 'SimulatorPortError';
  readonly code = 'simulator_port_unavailable';

  constructor(port: number, cause: NodeJS.ErrnoException) {
    const why = cause.code === 'EADDRINUSE' ? 'is already in use' : `cannot be opened (${cause.code ?? cause.name})`;
    super(`port ${port} ${why}; set EXTOLE_SIMULATOR_PORT to another one`, { cause });
  }
}

/**
 * Starts an Extole API of its own: state in memory, a ledger of every call, faults on demand.
 *
 * @throws SimulatorPortError if the port is taken or not permitted.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<RunningSimulator> {
  const { host = '127.0.0.1', port = 0, tokens = [DEFAULT_TOKEN], ledgerLimit = 2_000_000, bodyLimit = 200_000 } = options;
  const simulation = new Simulation(tokens, options.behaviour ?? {}, { entries: ledgerLimit, bodies: bodyLimit });
  // Longer than any client keeps an idle connection, so that it is never this side that closes under a call.
  const server = createServer({ keepAliveTimeout: 120_000, requestTimeout: 0 }, (request, response) =>
    dispatch(simulation, request, response),
  );
  await listen(server, host, port);
  const actual = (server.address() as AddressInfo).port;
  return { port: actual, url: `http://${host}:${actual}`, close: () => close(server) };
}

function dispatch(simulation: Simulation, request: IncomingMessage, response: ServerResponse): void {
  const target = request.url ?? '/';
  const at = target.indexOf('?');
  const path = at < 0 ? target : target.slice(0, at);
  const query = at < 0 ? '' : target.slice(at + 1);
  if (isControlPath(path)) handleControl(simulation, request, response, path, query);
  else new Call(simulation, request, response, path, query).run();
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new SimulatorPortError(port, error)));
    server.listen(port, host, resolve);
  });
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
