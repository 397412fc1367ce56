import type { SourceControl } from '#delivery';

/**
 * What of the operators' words is to be acted on. The topic holds the last ones for ever: a stop of last week holds, while a probe or a
 * resume of before this process came has had its effect on others, and there is nothing here that it could end.
 */
export class OperatorControl {
  private isCaughtUp = false;
  private latest: Extract<SourceControl, { kind: 'delivery' }> | undefined;

  constructor(private readonly act: (control: SourceControl) => void) {}

  take(control: SourceControl): void {
    if (this.isCaughtUp) this.act(control);
    else if (control.kind === 'delivery') this.latest = control;
  }

  /** The topic was read to its end. */
  caughtUp(): void {
    if (this.isCaughtUp) return;
    this.isCaughtUp = true;
    if (this.latest?.wanted === 'stopped') this.act(this.latest);
  }
}
