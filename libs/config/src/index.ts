export * from './model.ts';
export type { RateLimit } from './units.ts';
export { ConfigError, type ConfigFault } from './config-error.ts';
export { isLoopback } from './loopback.ts';
export type { Environment } from './environment.ts';
export { loadCommonSettings, loadConsoleSettings, loadForwarderSettings, loadIngestSettings } from './load-settings.ts';
