export * from './model.ts';
export type { RateLimit } from './units.ts';
export { ConfigError, type ConfigFault } from './config-error.ts';
export { isLoopback } from './loopback.ts';
export type { Environment } from './environment.ts';
export { loadCommonSettings, loadConsoleSettings, loadForwarderSettings, loadIngestSettings } from './load-settings.ts';
export { consoleUserLine, digestOfToken, isUserToken, newUserToken, parseRoles, UNNAMED_OPERATORS } from './console-users.ts';
export { isInAddressList, parseAddressList } from './address-list.ts';
