/** Which users have a call in flight, to see whether a caller keeps to one at a time per user. */
export class InFlight {
  private readonly users = new Map<string, number>();
  private calls = 0;

  /** Calls in flight, of anybody. */
  get count(): number {
    return this.calls;
  }

  begin(): void {
    this.calls++;
  }

  end(): void {
    this.calls--;
  }

  /** Notes a call of a user. Returns whether another one of theirs is in flight. */
  enter(user: string): boolean {
    const before = this.users.get(user) ?? 0;
    this.users.set(user, before + 1);
    return before > 0;
  }

  leave(user: string): void {
    const left = (this.users.get(user) ?? 1) - 1;
    if (left === 0) this.users.delete(user);
    else this.users.set(user, left);
  }
}
