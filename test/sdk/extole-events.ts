import type { SimulatorClient } from '../support/simulator-client.ts';
import { waitFor } from '../support/wait-for.ts';

/** An event as Extole got it. */
export interface ExtoleEvent {
  readonly event_name: string;
  readonly event_time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Waits until Extole has `count` events of the user; returns all that it has, in the order of their arrival. */
export async function eventsOfUser(extole: SimulatorClient, partnerUserId: string, count: number): Promise<ExtoleEvent[]> {
  const events = async (): Promise<ExtoleEvent[]> =>
    (await extole.applied({ partnerUserId })).map(({ body }) => JSON.parse(body ?? 'null') as ExtoleEvent);
  return waitFor(
    async () => {
      const found = await events();
      return found.length >= count && found;
    },
    { describe: `${count} events of a user at Extole` },
  );
}

/** Stands for any text, in what a test expects. */
export const ANY_TEXT: unknown = expect.any(String);

/** What a test expects Extole to have got: these fields of `data` and no others, but for the id that every event has. */
export function event(name: string, data: Readonly<Record<string, unknown>>, partnerEventId: unknown = ANY_TEXT): unknown {
  return { event_name: name, event_time: ANY_TEXT, data: { ...data, partner_event_id: partnerEventId } };
}
