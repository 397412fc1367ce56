export declare function licenceFaults(root: string): string[];
export declare function isAllowed(expression: unknown): boolean;
