export * from './log-fields.ts';
export * from './error-fields.ts';
export * from './logger.ts';
export * from './metrics.ts';
export * from './admin-server.ts';
