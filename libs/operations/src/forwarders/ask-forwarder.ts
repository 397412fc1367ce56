import { readAnswer, type ForwarderAnswer } from './forwarder-answer.ts';

const TIMEOUT_MS = 900;

export type AskedForwarder =
  | { readonly kind: 'answered'; readonly answer: ForwarderAnswer }
  /** `trouble`: a sentence for the operator. */
  | { readonly kind: 'silent'; readonly trouble: string };

/** Asks a forwarder how it stands, where it says that its admin port is. Never rejects. */
export async function askForwarder(url: string | undefined): Promise<AskedForwarder> {
  if (url === undefined) return silent('it does not say where its admin port is: an older version');
  const place = statusUrl(url);
  if (place === undefined) return silent('what it says about its admin port is no URL: check FORWARDER_ADVERTISED_URL');
  try {
    // No redirect is followed: whoever may write into the group could lead us anywhere.
    const response = await fetch(place, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
    const answer = readAnswer(await response.json());
    return answer === undefined
      ? silent(`${place.origin} is no forwarder: check FORWARDER_ADVERTISED_URL`)
      : { kind: 'answered', answer };
  } catch {
    return silent(`its admin port does not answer at ${place.origin}: check ADMIN_HOST and FORWARDER_ADVERTISED_URL`);
  }
}

function statusUrl(url: string): URL | undefined {
  try {
    const place = new URL('status', url.endsWith('/') ? url : `${url}/`);
    return ['http:', 'https:'].includes(place.protocol) ? place : undefined;
  } catch {
    return undefined;
  }
}

function silent(trouble: string): AskedForwarder {
  return { kind: 'silent', trouble };
}
