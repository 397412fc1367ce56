import type { Behaviour, LedgerEntry, LedgerSummary } from '../../tools/extole-simulator/src/index.ts';

export type { Behaviour, LedgerEntry };

/** A person as the simulated Extole knows it. */
export interface PersonProfile {
  readonly personId: string;
  readonly parameters: Readonly<Record<string, { readonly value: unknown; readonly scope: string }>>;
}

export interface LedgerFilter {
  readonly eventName?: string;
  readonly partnerUserId?: string;
  readonly partnerEventId?: string;
  readonly path?: string;
}

/** What a simulated Extole has seen, and how it is to behave. */
export class SimulatorClient {
  constructor(readonly url: string) {}

  /** Every call that it got, in order of arrival, refused and failed ones included. */
  async ledger(filter: LedgerFilter = {}): Promise<LedgerEntry[]> {
    const response = await this.request(`ledger.jsonl?${queryOf(filter)}`);
    const lines = (await response.text()).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as LedgerEntry);
  }

  /** The calls that took effect: what Extole would hold now. */
  async applied(filter: LedgerFilter = {}): Promise<LedgerEntry[]> {
    return (await this.ledger(filter)).filter((entry) => entry.applied);
  }

  async summary(): Promise<LedgerSummary & { readonly inFlight: number; readonly profiles: number }> {
    return (await (await this.request('summary')).json()) as LedgerSummary & { inFlight: number; profiles: number };
  }

  /** The persons who have a `partner_user_id`. */
  async profilesOf(partnerUserId: string): Promise<PersonProfile[]> {
    const query = new URLSearchParams({ partner_user_id: partnerUserId }).toString();
    return ((await (await this.request(`profiles?${query}`)).json()) as { profiles: PersonProfile[] }).profiles;
  }

  /** Changes how it behaves from now on: latency, faults, accepted tokens. What is not named stays as it is. */
  async behaviour(change: Partial<Behaviour>): Promise<void> {
    await this.request('behaviour', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
  }

  /** Forgets every call and every change of behaviour. */
  async reset(): Promise<void> {
    await this.request('reset', { method: 'POST' });
  }

  private async request(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(`${this.url}/_control/${path}`, init);
    if (!response.ok) throw new Error(`The simulator answered ${response.status} to ${path}: ${await response.text()}`);
    return response;
  }
}

function queryOf({ eventName, partnerUserId, partnerEventId, path }: LedgerFilter): string {
  const fields = { event_name: eventName, partner_user_id: partnerUserId, partner_event_id: partnerEventId, path };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) query.set(name, value);
  return query.toString();
}
