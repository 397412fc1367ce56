export type PortName = 'ingest' | 'ingestAdmin' | 'forwarderAdmin' | 'console' | 'simulator' | 'broker';

export interface StackPlan {
  /** Whether each optional part is ours to start. */
  readonly parts: { readonly broker: boolean; readonly simulator: boolean; readonly console: boolean };
  readonly ports: Readonly<Partial<Record<PortName, number>>>;
  readonly faults: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What `npm start` has to start, from the environment. */
export declare function planStack(
  env: Readonly<Record<string, string | undefined>>,
  options: { readonly hasConsole: boolean; readonly stateDir: string; readonly indexDir: string },
): StackPlan;

export declare function takenPortFault(name: PortName, port: number): string;
