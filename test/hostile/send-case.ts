import type { HostileCase } from './hostile-case.ts';
import type { DoorAnswer } from './judge.ts';

export async function sendCase(
  baseUrl: string,
  { path, headers, body }: Pick<HostileCase, 'path' | 'headers' | 'body'>,
): Promise<DoorAnswer> {
  const response = await fetch(baseUrl + path, { method: 'POST', headers, body: new Uint8Array(body) });
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    retryAfter: response.headers.get('retry-after') ?? undefined,
    text: await response.text(),
  };
}
