import { setTimeout as delay } from 'node:timers/promises';

/** The keys of an `npm start` whose Extole is the simulator. */
const WRITE_KEY = 'local-write-key';
const DELETION_KEY = 'local-deletion-key';

/** What the pictures show: a shop's traffic, with a duplicate, dead letters and deletions in it. Every name and address is made up. */
export function createStory({ ingest, simulator, console: consoleUrl }) {
  const run = Date.now().toString(36);
  const duplicate = `order-2-${run}`;
  const deadLetter = `invite-1-${run}`;

  const post = async (url, body, headers = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`POST ${url} answered ${response.status}: ${await response.text()}`);
  };
  const send = (path, body, key = WRITE_KEY) =>
    post(`${ingest}${path}`, body, { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` });
  const control = (word, body) => post(`${consoleUrl}/api/sources/default/${word}`, body, { 'x-bridge-console': '1' });

  const begin = async () => {
    const faults = [
      { match: { eventName: 'Invite Sent' }, kind: 'status', status: 400, code: 'invalid_parameter' },
      { kind: 'status', status: 503, probability: 0.01 },
    ];
    await post(`${simulator}/_control/behaviour`, { latencyMs: 40, jitterMs: 40, faults });
    const order = { order_id: `A-1001-${run}`, total: '129.90', email: 'mia@example.com' };
    const mia = { userId: `mia-${run}`, event: 'Order Completed', properties: order };
    await send('/v1/identify', {
      userId: mia.userId,
      messageId: `mia-${run}`,
      traits: { email: 'mia@example.com', firstName: 'Mia' },
    });
    await send('/v1/track', { ...mia, messageId: `order-1-${run}` });
    await send('/v1/track', { ...mia, messageId: duplicate });
    await send('/v1/track', { userId: mia.userId, event: 'Internal Ping', messageId: `ping-${run}` });
    await send('/v1/track', { userId: `ben-${run}`, event: 'Invite Sent', messageId: deadLetter });
    for (const name of ['ada', 'tom']) await send('/v1/delete', { userId: `${name}-${run}` }, DELETION_KEY);
  };

  const traffic = async (seconds) => {
    const end = Date.now() + seconds * 1_000;
    for (let round = 0; Date.now() < end; round++) {
      const size = Math.round(18 + 10 * Math.sin(Date.now() / 15_000) + Math.random() * 8);
      const batch = Array.from({ length: size }, (_, place) => eventOf(run, round * 100 + place));
      await send('/v1/batch', { batch, sentAt: new Date().toISOString() });
      await delay(250);
    }
  };

  return {
    duplicate,
    deadLetter,
    begin,
    traffic,
    stopSource: (note) => control('stop', { note }),
    resumeSource: () => control('resume', {}),
  };
}

function eventOf(run, number) {
  const common = { type: 'track', messageId: `${run}-${Date.now()}-${number}`, userId: `user-${number % 700}` };
  if (number % 211 === 0) return { ...common, event: 'Invite Sent' };
  if (number % 23 === 0)
    return { ...common, event: 'Order Completed', properties: { order_id: common.messageId, total: '19.90' } };
  return { ...common, event: 'Product Viewed', properties: { sku: `SKU-${number % 40}` } };
}
