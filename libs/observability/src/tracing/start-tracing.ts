import type { Logger } from '../logger.ts';
import type { TracingOptions } from './tracing-options.ts';
import { noTracing, type Tracing } from './tracing.ts';

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
