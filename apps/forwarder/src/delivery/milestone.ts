import { unless } from '#event-log';

/** Something that happens once; whoever waits for it later does not wait. */
export class Milestone {
  private pass: () => void = () => undefined;
  private readonly passed = new Promise<void>((resolve) => (this.pass = resolve));

  resolve(): void {
    this.pass();
  }

  /** Rejects with the signal's reason if that comes first. */
  reached(signal: AbortSignal): Promise<void> {
    return unless(signal, this.passed);
  }
}
