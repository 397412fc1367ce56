import {
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind as OtelSpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';
import { cleanAttributes } from './span-attributes.ts';
import { formatTraceparent, parseTraceparent } from './trace-context.ts';
import type { TracingOptions } from './tracing-options.ts';
import type { SpanKind, SpanStart, TraceSpan, Tracing } from './tracing.ts';

const SEND_EVERY_MS = 1_000;
/** An end that takes longer would hold up the whole shutdown; what is lost is a few spans. */
const CLOSE_TIMEOUT_MS = 3_000;

const KINDS: Readonly<Record<SpanKind, OtelSpanKind>> = {
  server: OtelSpanKind.SERVER,
  consumer: OtelSpanKind.CONSUMER,
  client: OtelSpanKind.CLIENT,
};

/** Tracing by the OpenTelemetry SDK. Contexts are passed by hand: there is nothing here that patches other modules, or follows calls. */
export class OpenTelemetry implements Tracing {
  readonly enabled = true;
  private readonly provider: TracerProvider;
  private readonly tracer: Tracer;
  private readonly failed: () => void;

  constructor(app: string, options: TracingOptions, log: Logger) {
    // The SDK's own words may quote answers of the collector: that something failed is all that is told.
    this.failed = (): void => log.warn('trace_export_failed', { setting: 'OTEL_EXPORTER_OTLP_ENDPOINT' });
    const ignored = (): void => undefined;
    diag.setLogger({ error: this.failed, warn: ignored, info: ignored, debug: ignored, verbose: ignored }, DiagLogLevel.ERROR);
    this.provider = new TracerProvider({
      resource: defaultResource()
        .merge(resourceFromAttributes({ 'service.name': `bridge-${app}`, 'service.namespace': 'segment-extole-bridge' }))
        .merge(detectResources({ detectors: [envDetector] })),
      sampler: samplerOf(options),
      // Headers, timeout and compression are read by the exporter itself, from the standard OTEL_EXPORTER_OTLP_* variables.
      spanProcessors: [
        new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: options.url }), scheduledDelayMillis: SEND_EVERY_MS }),
      ],
    });
    this.tracer = this.provider.getTracer('segment-extole-bridge');
  }

  start(name: string, { kind, parent, attributes = {} }: SpanStart): TraceSpan {
    return new RecordedSpan(
      this.tracer.startSpan(name, { kind: KINDS[kind], attributes: cleanAttributes(attributes) }, contextOf(parent)),
    );
  }

  async close(): Promise<void> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_TIMEOUT_MS).unref());
    await Promise.race([this.provider.shutdown().catch(this.failed), late]);
  }
}

class RecordedSpan implements TraceSpan {
  readonly traceparent: string;
  readonly recorded: boolean;

  constructor(private readonly span: Span) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.recorded = span.isRecording();
    this.traceparent = formatTraceparent({ traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 });
  }

  end({ failed = false, attributes = {} }: Parameters<TraceSpan['end']>[0] = {}): void {
    if (!this.span.isRecording()) return;
    this.span.setAttributes(cleanAttributes(attributes));
    if (failed) this.span.setStatus({ code: SpanStatusCode.ERROR });
    this.span.end();
  }
}

function contextOf(traceparent: string | undefined): Context {
  const parent = parseTraceparent(traceparent);
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = parent;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

function samplerOf({ sampler, ratio }: TracingOptions): Sampler {
  switch (sampler) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio);
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  }
}
