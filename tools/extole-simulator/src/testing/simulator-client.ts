import { afterEach } from '@jest/globals';
import { DEFAULT_TOKEN, startSimulator, type LedgerEntry, type RunningSimulator, type SimulatorOptions } from '../index.ts';

/** A simulator of its own for one test, and what a test says to it over HTTP. */
export class SimulatorClient {
  private constructor(readonly simulator: RunningSimulator) {}

  static async start(options?: SimulatorOptions): Promise<SimulatorClient> {
    const simulator = await startSimulator(options);
    running.push(simulator);
    return new SimulatorClient(simulator);
  }

  /** A call of the Extole API with the accepted token and a JSON body. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    init: RequestInit = {},
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(this.simulator.url + path, {
      method,
      headers: { authorization: `Bearer ${DEFAULT_TOKEN}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...init,
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  }

  async event(
    event_name: string,
    data: Record<string, unknown>,
    path = '/v6/async-events',
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    return this.call('POST', path, { event_name, event_time: '2026-01-15T12:00:00.000Z', data });
  }

  async control(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
    return this.call(method, `/_control/${path}`, body, { headers: {} });
  }

  async behave(change: Record<string, unknown>): Promise<void> {
    const { status, body } = await this.control('POST', 'behaviour', change);
    if (status !== 200) throw new Error(String(body['message']));
  }

  async ledger(query = ''): Promise<LedgerEntry[]> {
    return (await this.control('GET', `ledger${query}`)).body['entries'] as LedgerEntry[];
  }

  async summary(): Promise<Record<string, unknown>> {
    return (await this.control('GET', 'summary')).body;
  }

  async profiles(query = ''): Promise<Record<string, unknown>[]> {
    return (await this.control('GET', `profiles${query}`)).body['profiles'] as Record<string, unknown>[];
  }

  /** Asks for the summary until it satisfies `condition`. */
  async until(condition: (summary: Record<string, unknown>) => boolean): Promise<void> {
    while (!condition(await this.summary()));
  }
}

const running: RunningSimulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});
