/** When the process was started, in the system's own unit; undefined when no such process runs. */
export declare function processStart(pid: number): string | undefined;

/** Whether the process that was written down as `{pid, start}` still runs. */
export declare function isSameProcess(identity: { readonly pid: number; readonly start: string | undefined }): boolean;
