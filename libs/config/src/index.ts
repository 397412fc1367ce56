export * from './model.ts';
export { ConfigError, type ConfigFault } from './config-error.ts';
export type { Environment } from './environment.ts';
export { loadCommonSettings, loadForwarderSettings, loadIngestSettings } from './load-settings.ts';
