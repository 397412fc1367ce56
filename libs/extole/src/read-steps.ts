/** That a programme of the account has taken note of an event. */
export interface EventStep {
  readonly name: string;
  readonly program?: string;
  readonly campaignId?: string;
  readonly quality?: string;
}

/** The answer to `GET /v5/persons/{person_id}/steps`; what is no step in it is left out. */
export function readSteps(text: string): EventStep[] {
  const entries = JSON.parse(text) as unknown;
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { name, program, campaign_id, quality } = entry as Record<string, unknown>;
    if (typeof name !== 'string') return [];
    return [{ name, ...ifText('program', program), ...ifText('campaignId', campaign_id), ...ifText('quality', quality) }];
  });
}

function ifText<K extends string>(key: K, value: unknown): Partial<Record<K, string>> {
  return typeof value === 'string' ? ({ [key]: value } as Record<K, string>) : {};
}
