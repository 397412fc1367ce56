/** One thing that is wrong with the configuration. */
export interface ConfigFault {
  /** The environment variable, or the file and the path inside it. */
  readonly where: string;
  /** What is expected there. Never the value that was found: it may be a secret. */
  readonly expected: string;
}

/** The configuration is not valid; the program must not start. Lists everything that is wrong, not just the first thing. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'config_invalid';

  constructor(readonly faults: readonly ConfigFault[]) {
    super(['The configuration is not valid:', ...faults.map(({ where, expected }) => `  ${where}: ${expected}`)].join('\n'));
  }
}

/** Gathers faults while the configuration is read, so that all of them are told at once. */
export class FaultList {
  private readonly faults: ConfigFault[] = [];

  add(where: string, expected: string): void {
    // One cause, one fault: a variable whose value (or file) was refused is not reported again as missing.
    if (/^[A-Z_]+$/.test(where) && this.faults.some((fault) => fault.where === where || fault.where === `${where}_FILE`)) return;
    this.faults.push({ where, expected });
  }

  /** @throws ConfigError if anything was added. */
  throwIfAny(): void {
    if (this.faults.length > 0) throw new ConfigError(this.faults);
  }
}
