import { pino, stdTimeFunctions, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { cleanFields, type LogFields } from './log-fields.ts';
import { LogOutput } from './log-output.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * Writes structured events. `event` is a stable snake_case name (`broker_unavailable`) that dashboards and alarms hold on to;
 * everything that varies belongs in the fields.
 */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** A logger that adds `fields` to every line of its own. */
  child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  /** The app's name, on every line. */
  readonly app: string;
  readonly level: LogLevel;
  /** Where the lines go; stdout if absent. */
  readonly destination?: DestinationStream;
}

/** What all loggers of this process write to by default; whoever ends the process waits for it. */
export const logOutput = new LogOutput();

/** A logger that writes one JSON object a line: `{"level","time","app","event",…fields}`. */
export function createLogger({ app, level, destination = logOutput }: LoggerOptions): Logger {
  const options = {
    level,
    base: { app },
    messageKey: 'event',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return new AllowListLogger(pino(options, destination));
}

class AllowListLogger implements Logger {
  constructor(private readonly out: PinoLogger) {}

  debug(event: string, fields: LogFields = {}): void {
    // Checked first because cleaning costs more than the line is worth when nobody reads it.
    if (this.out.isLevelEnabled('debug')) this.out.debug(cleanFields(fields), eventName(event));
  }

  info(event: string, fields: LogFields = {}): void {
    if (this.out.isLevelEnabled('info')) this.out.info(cleanFields(fields), eventName(event));
  }

  warn(event: string, fields: LogFields = {}): void {
    if (this.out.isLevelEnabled('warn')) this.out.warn(cleanFields(fields), eventName(event));
  }

  error(event: string, fields: LogFields = {}): void {
    if (this.out.isLevelEnabled('error')) this.out.error(cleanFields(fields), eventName(event));
  }

  child(fields: LogFields): Logger {
    return new AllowListLogger(this.out.child(cleanFields(fields)));
  }
}

/** An event name is a constant. A sentence with values in it would go around the allow-list, so it is not written. */
function eventName(event: string): string {
  return /^[a-z][a-z0-9_]{0,63}$/.test(event) ? event : 'unnamed_event';
}

/** A logger that writes nothing, for tests and tools. */
export const silentLogger: Logger = createLogger({ app: 'silent', level: 'silent' });
