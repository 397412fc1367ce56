/** Writes down a process that a test has started. Outside of an e2e run (no registry) this does nothing. */
export declare function registerProcess(
  registry: string | undefined,
  process: { readonly pid: number; readonly name: string },
): void;

/** Kills the registered processes that still run; returns their names with their pids. */
export declare function endSurvivors(registry: string): string[];
