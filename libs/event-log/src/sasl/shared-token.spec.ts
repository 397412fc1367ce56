import { jest } from '@jest/globals';
import type { AccessToken, TokenIssuer } from './access-token.ts';
import { TokenUnavailableError } from './authentication-errors.ts';
import { SharedToken } from './shared-token.ts';

const MINUTE = 60_000;

/** An issuer that is asked, and a clock that is advanced, by the test. */
function bench(answer: (nth: number) => Promise<AccessToken>) {
  let asked = 0;
  const warnings: unknown[] = [];
  const silent = (): void => undefined;
  const log = { debug: silent, info: silent, error: silent, warn: (_: string, fields?: object) => void warnings.push(fields) };
  const issuer: TokenIssuer = { name: 'the token endpoint', advice: '', issue: () => answer(++asked) };
  const token = new SharedToken(issuer, log, () => Date.now());
  return { token, warnings, asked: () => asked };
}

const lasting = (lifetimeMs: number) => async (nth: number) => ({ value: `token-${nth}`, lifetimeMs });
const away = (): Promise<AccessToken> => Promise.reject(new TokenUnavailableError('the token endpoint answered 500'));

describe('a token that all connections share', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('is asked for once, however many want it at once', async () => {
    const { token, asked } = bench(lasting(10 * MINUTE));
    expect(await Promise.all([token.value(), token.value(), token.value()])).toEqual(['token-1', 'token-1', 'token-1']);
    expect(await token.value()).toBe('token-1');
    expect(asked()).toBe(1);
  });

  it('is renewed at half of its life, with nobody asking for it', async () => {
    const { token, asked } = bench(lasting(10 * MINUTE));
    await token.value();
    await jest.advanceTimersByTimeAsync(5 * MINUTE);
    expect(asked()).toBe(2);
    expect(await token.value()).toBe('token-2');
  });

  it('goes on as long as it lasts while its issuer is away, which is told and asked again', async () => {
    const { token, asked, warnings } = bench((nth) => (nth === 1 || nth > 4 ? lasting(10 * MINUTE)(nth) : away()));
    await token.value();
    await jest.advanceTimersByTimeAsync(5 * MINUTE + 100_000);
    expect(await token.value()).toBe('token-1');
    expect(asked()).toBe(3);
    expect(warnings).toEqual([
      { message: 'the token endpoint answered 500', durationMs: 5 * MINUTE },
      { message: 'the token endpoint answered 500', durationMs: 4 * MINUTE },
    ]);
    await jest.advanceTimersByTimeAsync(2 * MINUTE);
    expect(await token.value()).toBe('token-5');
  });

  it('is not shown any more shortly before its end; who asks is told why there is none, and the issuer is not overrun', async () => {
    const { token, asked } = bench((nth) => (nth === 1 ? lasting(10_000)(nth) : away()));
    await token.value();
    await jest.advanceTimersByTimeAsync(8_100);
    for (let n = 0; n < 50; n++) await expect(token.value()).rejects.toThrow('the token endpoint answered 500');
    const before = asked();
    await jest.advanceTimersByTimeAsync(20_000);
    expect(asked() - before).toBeLessThanOrEqual(11);
    expect(asked() - before).toBeGreaterThanOrEqual(9);
  });

  it('is taken anew when Kafka has refused it, unless it is new already', async () => {
    const { token, asked } = bench(lasting(10 * MINUTE));
    await token.value();
    token.refused();
    expect(await token.value()).toBe('token-1');
    await jest.advanceTimersByTimeAsync(3_000);
    token.refused();
    expect(await token.value()).toBe('token-2');
    expect(asked()).toBe(2);
  });

  it('has to last for some seconds: else every connection would be busy with nothing else', async () => {
    const { token } = bench(lasting(3_000));
    await expect(token.value()).rejects.toThrow('tokens that last 3 s');
  });
});
