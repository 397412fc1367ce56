import { MAX_VALUE_LENGTH } from '../log-fields.ts';

/**
 * Everything that a span may carry (P10). An allow-list like that of the log fields: no user, message id, body, header, query or text of
 * another system's. Partition and offset find the event. Names are OpenTelemetry's where it has them, else begin with `bridge.`.
 */
export interface SpanAttributes {
  readonly 'http.request.method'?: string;
  /** The route, not the path: a path holds keys. */
  readonly 'http.route'?: string;
  readonly 'http.response.status_code'?: number;
  readonly 'messaging.system'?: 'kafka';
  readonly 'messaging.operation.type'?: 'process';
  readonly 'messaging.destination.name'?: string;
  readonly 'messaging.destination.partition.id'?: string;
  readonly 'messaging.kafka.offset'?: number;
  readonly 'bridge.source'?: string;
  readonly 'bridge.type'?: string;
  readonly 'bridge.outcome'?: string;
  readonly 'bridge.attempt'?: number;
  readonly 'bridge.attempts'?: number;
  readonly 'bridge.verdict'?: string;
  readonly 'bridge.code'?: string;
  readonly 'bridge.run'?: string;
  /** Extole's `unique_id` of an error answer. */
  readonly 'extole.unique_id'?: string;
}

// `satisfies` keeps the list complete.
const ALLOWED: ReadonlyMap<string, 'string' | 'number'> = new Map(
  Object.entries({
    'http.request.method': 'string',
    'http.route': 'string',
    'http.response.status_code': 'number',
    'messaging.system': 'string',
    'messaging.operation.type': 'string',
    'messaging.destination.name': 'string',
    'messaging.destination.partition.id': 'string',
    'messaging.kafka.offset': 'number',
    'bridge.source': 'string',
    'bridge.type': 'string',
    'bridge.outcome': 'string',
    'bridge.attempt': 'number',
    'bridge.attempts': 'number',
    'bridge.verdict': 'string',
    'bridge.code': 'string',
    'bridge.run': 'string',
    'extole.unique_id': 'string',
  } as const satisfies Record<keyof SpanAttributes, 'string' | 'number'>),
);

/** What of `attributes` may be sent: allow-listed names, values of their type, texts of bounded length. */
export function cleanAttributes(attributes: object): Record<string, string | number> {
  const clean: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value !== ALLOWED.get(name)) continue;
    clean[name] = typeof value === 'string' ? value.slice(0, MAX_VALUE_LENGTH) : (value as number);
  }
  return clean;
}
