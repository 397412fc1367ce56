import type { TracingSettings } from './model.ts';
import { SAMPLERS, type RawCommonEnvironment } from './raw-environment.ts';

/**
 * Where traces go; undefined while tracing is off: it is on when OpenTelemetry's own variables name an endpoint, or ask for the OTLP exporter.
 * The rest of them (headers, timeout, resource) is read by the SDK itself.
 */
export function tracingSettingsOf(raw: RawCommonEnvironment): TracingSettings | undefined {
  const endpoint = raw.OTEL_EXPORTER_OTLP_ENDPOINT;
  const tracesEndpoint = raw.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const isAskedFor = endpoint !== undefined || tracesEndpoint !== undefined || raw.OTEL_TRACES_EXPORTER === 'otlp';
  if (!isAskedFor || raw.OTEL_TRACES_EXPORTER === 'none' || raw.OTEL_SDK_DISABLED === 'true') return undefined;
  return {
    // By the specification a signal's own endpoint is taken as it is, the common one gets the signal's path.
    url: tracesEndpoint ?? `${(endpoint ?? 'http://localhost:4318').replace(/\/+$/, '')}/v1/traces`,
    sampler: SAMPLERS.find((name) => name === raw.OTEL_TRACES_SAMPLER) ?? 'parentbased_always_on',
    ratio: Number(raw.OTEL_TRACES_SAMPLER_ARG ?? '1'),
  };
}
