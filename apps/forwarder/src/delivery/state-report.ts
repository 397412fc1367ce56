import type { GateState } from '#delivery';
import type { Logger } from '#observability';

/** Tells the log when one source's delivery stops, and when it goes on. */
export class StateReport {
  private reported = 'delivering';

  constructor(
    private readonly source: string,
    private readonly log: Logger,
  ) {}

  /** Asked after each pump; tells what has changed since the last. */
  report(state: GateState): void {
    const name = state.kind === 'stopped' ? `${state.kind} ${state.reason}` : state.kind;
    if (name === this.reported) return;
    this.reported = name;
    const { source, log } = this;
    if (state.kind !== 'stopped') {
      log.info('source_delivering', { source, state: state.kind });
      return;
    }
    if (state.reason === 'operator') {
      log.warn('source_stopped', { source, reason: state.reason });
      return;
    }
    const { reason, code, status } = state;
    log.error('source_stopped', { source, reason, code, ...(status !== undefined && { status }) });
  }
}
