import type { SpanAttributes } from './span-attributes.ts';

/** What a span says of its place: `server` answers a request, `consumer` works off a record, `client` calls another system. */
export type SpanKind = 'server' | 'consumer' | 'client';

export interface SpanStart {
  readonly kind: SpanKind;
  /** W3C trace context of what caused it; without one (or with a malformed one) it begins a trace of its own. */
  readonly parent?: string | undefined;
  readonly attributes?: SpanAttributes;
}

/** A piece of work as a trace shows it. */
export interface TraceSpan {
  /** The W3C trace context by which what follows names this span as its cause; undefined while tracing is off. */
  readonly traceparent: string | undefined;
  /** False if it was sampled out, or tracing is off: then there is no use in remembering it. */
  readonly recorded: boolean;
  /** Once. Changes nothing when it is called again. */
  end(result?: { readonly failed?: boolean; readonly attributes?: SpanAttributes }): void;
}

/** The traces of one app. */
export interface Tracing {
  /** False: `start` does nothing, and whoever is on a hot path need not even call it. */
  readonly enabled: boolean;
  start(name: string, start: SpanStart): TraceSpan;
  /** Sends what has not been sent yet, for a few seconds at most. */
  close(): Promise<void>;
}

/** What stands for a span when there is none. */
export const noSpan: TraceSpan = Object.freeze({ traceparent: undefined, recorded: false, end: () => undefined });

/** Tracing that is off. */
export const noTracing: Tracing = Object.freeze({ enabled: false, start: () => noSpan, close: () => Promise.resolve() });
