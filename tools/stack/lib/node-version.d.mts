/** What to say about a Node of this version; undefined if it will do. */
export declare function nodeFault(version: string): string | undefined;
