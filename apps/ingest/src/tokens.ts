/** Injection tokens of what main.ts makes and the app only uses; interfaces have none of their own. */
export const SETTINGS = Symbol('IngestSettings');
export const LOGGER = Symbol('Logger');
export const METRICS = Symbol('Metrics');
export const RECORD_APPENDER = Symbol('RecordAppender');
