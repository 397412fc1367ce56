/** Something that happens once; whoever waits for it later does not wait. */
export class Milestone {
  private done = false;
  private readonly waiting = new Set<() => void>();

  resolve(): void {
    this.done = true;
    for (const go of this.waiting) go();
    this.waiting.clear();
  }

  /** Rejects with the signal's reason if that comes first. */
  async reached(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.done) return;
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = (): void => {
        this.waiting.delete(go);
        reject(signal.reason instanceof Error ? signal.reason : new Error('given up'));
      };
      this.waiting.add(go);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }
}
