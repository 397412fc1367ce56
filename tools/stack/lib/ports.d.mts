/** Whether something can listen on `port`. */
export declare function isPortFree(port: number): Promise<boolean>;

/** Whether a TCP connection to `host:port` is accepted within `timeoutMs` (2,000). */
export declare function answers(host: string, port: number, timeoutMs?: number): Promise<boolean>;

/** A port that is free now and that this process has not handed out before. */
export declare function freePort(): Promise<number>;
