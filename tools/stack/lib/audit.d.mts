export declare function readAudit(output: string): {
  readonly kind: 'clean' | 'vulnerable' | 'unavailable';
  readonly lines: readonly string[];
};
