/** Sees to it that `pid` does not outlive this process. Returns the function that ends the guard. */
export declare function guardOrphan(pid: number): () => void;
