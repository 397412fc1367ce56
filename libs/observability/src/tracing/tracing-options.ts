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
