import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { isAskedByOwnName } from '#same-site';
import type { Metrics } from './metrics.ts';

/** Whether a part of the app is well, and if not, why: stable words for operators, nothing personal. */
export interface Health {
  readonly ok: boolean;
  readonly reasons: readonly string[];
  /** What should be seen and is no reason to be unwell, such as what an operator has done on purpose. */
  readonly notices?: readonly string[];
}

/** Answers a GET with JSON. */
export type AdminRoute = () => unknown;

export interface AdminServerOptions {
  /** The address to listen on; default 127.0.0.1, because these routes are never public. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The environment variable that sets `port`, for the message when it is taken. */
  readonly portVariable?: string;
  /** Names by which it may be asked, beside addresses, `localhost` and the machine's own: `isAskedByOwnName` says why. */
  readonly names?: readonly string[];
  readonly metrics: Metrics;
  /** Whether the process should go on living; false asks for a restart. */
  readonly live: () => Health;
  /** Whether it should get work. */
  readonly ready: () => Health;
  /** Further paths, such as `/status`; values, or promises of values, are answered as JSON. */
  readonly routes?: Readonly<Record<string, AdminRoute>>;
}

/** The admin port cannot be listened on. */
export class AdminPortError extends Error {
  override readonly name = 'AdminPortError';
  readonly code = 'admin_port_unavailable';

  constructor(
    readonly port: number,
    readonly portVariable: string,
    cause: NodeJS.ErrnoException,
  ) {
    const why = cause.code === 'EADDRINUSE' ? 'is already in use' : `cannot be opened (${cause.code ?? cause.name})`;
    super(`admin port ${port} ${why}; set ${portVariable} to another one`, { cause });
  }
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const FOREIGN_NAME = json(403, {
  message: 'this is no name of this app: ask by IP address or localhost, or have ADMIN_NAMES list the name',
});

/** The private HTTP port of an app: `/health/live`, `/health/ready`, `/metrics` and the app's own routes. */
export class AdminServer {
  private readonly server: Server;
  private readonly routes: ReadonlyMap<string, () => Answer | Promise<Answer>>;
  private readonly names: readonly string[];

  constructor(private readonly options: AdminServerOptions) {
    this.routes = routesOf(options);
    this.names = [hostname(), ...(options.names ?? [])].map((name) => name.toLowerCase());
    this.server = createServer((request, response) => {
      void this.respond(request, response);
    });
  }

  /**
   * Begins to listen.
   *
   * @returns the port, which is the configured one unless that was 0.
   * @throws AdminPortError if the port is taken or not permitted.
   */
  async listen(): Promise<number> {
    const { host = '127.0.0.1', port, portVariable = 'its environment variable' } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (error) => reject(new AdminPortError(port, portVariable, error)));
      this.server.listen(port, host, resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  /** Stops listening and ends open connections; does nothing if it does not listen. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, contentType, body } = await this.answer(request);
    response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  private async answer({ method, url = '/', headers }: IncomingMessage): Promise<Answer> {
    if (!isAskedByOwnName(headers.host, this.names)) return FOREIGN_NAME;
    const route = this.routes.get(url.split('?', 1)[0] ?? url);
    if (route === undefined) return json(404, { message: 'not found' });
    if (method !== 'GET' && method !== 'HEAD') return json(405, { message: 'method not allowed' });
    try {
      return await route();
    } catch {
      // Whatever broke may carry a value in its message; the path alone says where to look.
      return json(500, { message: 'this page could not be made' });
    }
  }
}

function routesOf({
  metrics,
  live,
  ready,
  routes = {},
}: AdminServerOptions): ReadonlyMap<string, () => Answer | Promise<Answer>> {
  const own = Object.entries(routes).map(([path, value]) => [path, async () => json(200, await value())] as const);
  return new Map<string, () => Answer | Promise<Answer>>([
    ...own,
    ['/health/live', () => healthAnswer(live)],
    ['/health/ready', () => healthAnswer(ready)],
    ['/metrics', async () => ({ status: 200, contentType: metrics.contentType, body: await metrics.text() })],
  ]);
}

/** A check that throws is a bad sign, not a reason to answer 500: probes read the status alone. */
function healthAnswer(check: () => Health): Answer {
  let health: Health;
  try {
    health = check();
  } catch {
    health = { ok: false, reasons: ['health_check_failed'] };
  }
  const { ok, reasons, notices = [] } = health;
  return json(ok ? 200 : 503, { status: ok ? 'ok' : 'unavailable', reasons, ...(notices.length > 0 && { notices }) });
}

function json(status: number, value: unknown): Answer {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}
