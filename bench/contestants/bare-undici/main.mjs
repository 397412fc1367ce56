/**
 * No contestant, but the limit of the HTTP side alone: ready-made bodies through undici's `dispatch`, without Kafka, decoding, order or outcomes.
 */
import { Pool } from 'undici';

const { DESTINATION, CONCURRENCY, CALLS } = process.env;
const calls = Number(CALLS);
const headers = ['content-type', 'application/json', 'authorization', 'Bearer bench'];
const pool = new Pool(DESTINATION, { connections: Number(CONCURRENCY), pipelining: 1 });
let next = 0;

function bodyOf(number) {
  return `{"event_name":"Order Completed","event_time":"2026-01-01T00:00:00.000Z","data":{"n":0,"partner_user_id":"u-${number}","partner_event_id":"m-${number}","order_id":"50314b8e9bcf000000000000","total":"27.50","currency":"USD","products":[{"product_id":"507f1f77bcf86cd799439011","sku":"45790-32","name":"Monopoly: 3rd Edition","price":19,"quantity":1}],"email":"john.doe@example.com","extole_consumer_ip":"203.0.113.7"}}`;
}

function send() {
  if (next === calls) return;
  const body = bodyOf(next++);
  pool.dispatch(
    { method: 'POST', path: '/v6/async-events', headers, body },
    {
      onRequestStart() {},
      onResponseStart() {},
      onResponseData() {},
      onResponseEnd: send,
      onResponseError(_controller, error) {
        throw error;
      },
    },
  );
}

for (let lane = 0; lane < Number(CONCURRENCY); lane++) send();
// Stays until it is stopped, as the others do: what it has used is read from the living process.
setInterval(() => {}, 60_000);
