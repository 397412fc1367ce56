export interface DemoTarget {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly ingestUrl: string;
  readonly simulatorUrl: string;
  readonly writeKey: string;
  readonly deletionKey: string;
}

/** Where the demo is to send. Refuses a real Extole. */
export declare function demoTarget(environment?: Readonly<Record<string, string | undefined>>): DemoTarget;

/** Whether such a stack runs already. Half of one, or one with other keys, is refused. */
export declare function isRunning(target: DemoTarget): Promise<boolean>;
