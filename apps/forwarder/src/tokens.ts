/** Injection tokens of what is no class of ours, or comes as a list. */
export const SETTINGS = Symbol('ForwarderSettings');
export const KAFKA = Symbol('Kafka');
export const LOG = Symbol('Logger');
export const TRACING = Symbol('Tracing');
/** Kafka's id of the cluster. */
export const CLUSTER = Symbol('ClusterId');
/** One SourceRuntime per source. */
export const RUNTIMES = Symbol('SourceRuntimes');
/** One ReplayCoordinator per source. */
export const REPLAYS = Symbol('ReplayCoordinators');
