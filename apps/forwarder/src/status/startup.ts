import type { Health } from '#observability';

/** What this process says about itself until it is put together: Kafka may come up after it, and rights may be given late. */
export class Startup {
  private reasons: readonly string[] = ['is starting'];

  /** It waits, and tries again by itself. */
  waitsFor(reasons: readonly string[]): void {
    this.reasons = reasons.map((reason) => `waits for Kafka: ${reason}`);
  }

  /** A restart would cure nothing. */
  live(): Health {
    return { ok: true, reasons: [] };
  }

  ready(): Health {
    return { ok: false, reasons: this.reasons };
  }

  /** `GET /status` (contract.md) of a process without sources. */
  status() {
    return { ready: false, reasons: this.reasons, notices: [], sources: [] };
  }
}
