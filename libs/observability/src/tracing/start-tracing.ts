import type { Logger } from '../logger.ts';
import { noTracing, type Tracing } from './tracing.ts';

/** The six samplers that `OTEL_TRACES_SAMPLER` names. */
export type SamplerName =
  'always_on' | 'always_off' | 'traceidratio' | 'parentbased_always_on' | 'parentbased_always_off' | 'parentbased_traceidratio';

/** Where traces go, and how many. */
export interface TracingOptions {
  /** The whole URL that spans are posted to, as OTLP over HTTP in JSON. */
  readonly url: string;
  readonly sampler: SamplerName;
  /** In [0, 1], for the two samplers by ratio. */
  readonly ratio: number;
}

/**
 * The app's tracing; off without options. The SDK is loaded only when it is on: it costs some 10 MB of memory.
 *
 * @param app the app's name; `service.name` is `bridge-<app>` unless `OTEL_SERVICE_NAME` says otherwise
 */
export async function startTracing(app: string, options: TracingOptions | undefined, log: Logger): Promise<Tracing> {
  if (options === undefined) return noTracing;
  const { OpenTelemetry } = await import('./open-telemetry.ts');
  return new OpenTelemetry(app, options, log);
}
