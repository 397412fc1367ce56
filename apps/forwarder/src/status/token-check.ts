import type { Logger } from '#observability';
import type { SourceRuntime } from '../delivery/source-runtime.ts';
import type { ForwarderStatus } from './forwarder-status.ts';

const REPEAT_MS = 15_000;

/**
 * Asks Extole at start whether it takes each source's access token, so that a wrong one is told before the first event meets it. Only
 * tells: what stops delivery is the answer to an event (a token may be allowed to send and not to be asked about).
 */
export class TokenCheck {
  private readonly timers: NodeJS.Timeout[] = [];
  private stopped = false;

  constructor(
    private readonly runtimes: readonly SourceRuntime[],
    private readonly status: ForwarderStatus,
    private readonly log: Logger,
  ) {}

  start(): void {
    for (const runtime of this.runtimes) void this.check(runtime);
  }

  stop(): void {
    this.stopped = true;
    this.timers.forEach(clearTimeout);
  }

  private async check(runtime: SourceRuntime): Promise<void> {
    const verdict = await runtime.checkToken();
    if (this.stopped) return;
    const refused = verdict.kind === 'stop' && verdict.status === 401;
    this.status.tokenChecked(runtime.id, refused ? `401 ${verdict.code}` : undefined);
    if (verdict.kind === 'delivered') return;
    this.log.warn('token_not_confirmed', {
      source: runtime.id,
      code: verdict.code,
      ...(verdict.status !== undefined && { status: verdict.status }),
    });
    if (verdict.kind !== 'rejected') this.timers.push(setTimeout(() => void this.check(runtime), REPEAT_MS));
  }
}
