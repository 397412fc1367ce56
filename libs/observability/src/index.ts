export * from './log-fields.ts';
export * from './error-fields.ts';
export * from './logger.ts';
export * from './metrics.ts';
export * from './admin-server.ts';
export * from './process-end.ts';
export * from './tracing/tracing.ts';
export type { SpanAttributes } from './tracing/span-attributes.ts';
export { startTracing, type SamplerName, type TracingOptions } from './tracing/start-tracing.ts';
