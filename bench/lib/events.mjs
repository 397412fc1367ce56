import { seededRandom } from './random.mjs';

const RECEIVED_AT = '2026-01-01T00:00:00.000Z';
/** A repeat comes this many events after its original: long enough for that to be delivered or in flight, short enough for a small run. */
const REPEAT_DISTANCE = 2_000;

/**
 * The events of a backlog, as ingest would have written them: `total` tracks of `users` users in random turns; `repeats` of them (a share) are the same
 * message a second time. `light` ones are without properties and context, for millions that nobody delivers. A share `hot` of all belongs to one user besides, whose id begins with `hot-`, the others' with `u-`.
 */
export function* backlog({ total, users, repeats = 0, hot = 0, seed = 1, light = false }) {
  const random = seededRandom(seed);
  // The others' events are the same ones whether there is a hot user or not.
  const hotRandom = seededRandom(seed + 1);
  const next = new Map();
  const recent = [];
  for (let made = 0; made < total;) {
    if (hot > 0 && hotRandom() < hot) {
      yield track('hot-0', next, light);
      made++;
      continue;
    }
    const isRepeat = random() < repeats && recent.length === REPEAT_DISTANCE;
    const event = isRepeat ? recent[0] : track(`u-${Math.floor(random() * users)}`, next, light);
    recent.push(event);
    if (recent.length > REPEAT_DISTANCE) recent.shift();
    yield event;
    made++;
  }
}

function track(userId, next, light) {
  const n = next.get(userId) ?? 0;
  next.set(userId, n + 1);
  const event = {
    type: 'track',
    messageId: `m-${userId}-${n}`,
    userId,
    event: 'Order Completed',
    timestamp: RECEIVED_AT,
    receivedAt: RECEIVED_AT,
  };
  if (light) return event;
  return {
    ...event,
    properties: {
      n,
      order_id: '50314b8e9bcf000000000000',
      total: '27.50',
      currency: 'USD',
      coupon: 'hasbros',
      products: [
        { product_id: '507f1f77bcf86cd799439011', sku: '45790-32', name: 'Monopoly: 3rd Edition', price: 19, quantity: 1 },
      ],
    },
    context: {
      ip: '203.0.113.7',
      library: { name: 'analytics-node', version: '3.1.0' },
      traits: { email: 'john.doe@example.com' },
    },
  };
}
