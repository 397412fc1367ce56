import type { LogSink } from '../log-sink.ts';
import type { TokenIssuer } from './access-token.ts';
import { TokenUnavailableError } from './authentication-errors.ts';

/** What is left of a token that is shown to a broker, at the least: the session that it opens lasts no longer. */
const MIN_LEFT_MS = 2_000;
/** So that half of it is more than {@link MIN_LEFT_MS}. */
const MIN_LIFETIME_MS = 5_000;
/** After a failure the issuer is left alone for so long; who asks meanwhile is told what it was. */
const PAUSE_MS = 2_000;
const MAX_PAUSE_MS = 60_000;
/** A longer timer would not fit into 31 bits; to renew a token more often than needed does no harm. */
const MAX_WAIT_MS = 86_400_000;

/**
 * One token for all connections of a process. It is renewed when half of its life is over, beside everything else, so that nobody waits for the issuer and
 * an outage of it that is shorter than the other half is noticed by nobody but the log.
 */
export class SharedToken {
  private token: { readonly value: string; readonly issuedAt: number; readonly endsAt: number } | undefined;
  private underWay: Promise<string> | undefined;
  private failure: { readonly error: Error; readonly at: number } | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly issuer: TokenIssuer,
    private readonly log: LogSink,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** A token that is good for {@link MIN_LEFT_MS} at least. @throws TokenUnavailableError if there is none */
  async value(): Promise<string> {
    if (this.token !== undefined && this.leftMs() >= MIN_LEFT_MS) return this.token.value;
    if (this.failure !== undefined && this.now() - this.failure.at < PAUSE_MS) throw this.failure.error;
    return this.renew();
  }

  /** Kafka has refused the token: a newer one may be taken. One that is new already would be refused as well, and the issuer asked for nothing. */
  refused(): void {
    if (this.token !== undefined && this.now() - this.token.issuedAt > PAUSE_MS) this.token = undefined;
  }

  /** Why there is none to be shown, while that is so. */
  get fault(): string | undefined {
    return this.leftMs() < MIN_LEFT_MS ? this.failure?.error.message : undefined;
  }

  private leftMs(): number {
    return this.token === undefined ? 0 : this.token.endsAt - this.now();
  }

  private renew(): Promise<string> {
    this.underWay ??= this.ask().finally(() => (this.underWay = undefined));
    return this.underWay;
  }

  private async ask(): Promise<string> {
    const askedAt = this.now();
    try {
      const { value, lifetimeMs } = await this.issuer.issue();
      if (lifetimeMs < MIN_LIFETIME_MS) throw this.tooShort(lifetimeMs);
      this.token = { value, issuedAt: askedAt, endsAt: askedAt + lifetimeMs };
      this.failure = undefined;
      this.renewIn(lifetimeMs / 2);
      return value;
    } catch (error) {
      const told = error instanceof Error ? error : new TokenUnavailableError(`${this.issuer.name} gives no token`);
      this.failure = { error: told, at: this.now() };
      this.log.warn('kafka_token_unavailable', {
        message: told.message,
        // Until then the token that is there will do.
        durationMs: Math.max(0, Math.round(this.leftMs())),
      });
      this.renewIn(Math.min(MAX_PAUSE_MS, Math.max(PAUSE_MS, this.leftMs() / 4)));
      throw told;
    }
  }

  private renewIn(ms: number): void {
    clearTimeout(this.timer);
    // What fails is told and tried again by `ask`.
    this.timer = setTimeout(() => void this.renew().catch(() => undefined), Math.min(ms, MAX_WAIT_MS)).unref();
  }

  private tooShort(lifetimeMs: number): TokenUnavailableError {
    return new TokenUnavailableError(
      `${this.issuer.name} gives tokens that last ${lifetimeMs / 1_000} s: have it give some that last ${MIN_LIFETIME_MS / 1_000} s at least`,
    );
  }
}
