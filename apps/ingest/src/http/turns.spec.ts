import { Turns } from './turns.ts';

describe('turns', () => {
  it('are taken by no more at a time than there may be, in the order of coming, whatever becomes of them', async () => {
    const turns = new Turns(2);
    const log: string[] = [];
    const finish = new Map<string, (error?: Error) => void>();
    const work = (name: string): Promise<string> =>
      turns
        .take(
          'somebody',
          () =>
            new Promise<string>((resolve, reject) => {
              log.push(`begin ${name}`);
              finish.set(name, (error) => (error === undefined ? resolve(name) : reject(error)));
            }),
        )
        .catch(() => `${name} failed`);
    const results = ['a', 'b', 'c', 'd'].map(work);
    expect(log).toEqual(['begin a', 'begin b']);

    finish.get('b')?.(new Error('no'));
    expect(await results[1]).toBe('b failed');
    expect(log).toEqual(['begin a', 'begin b', 'begin c']);
    finish.get('a')?.();
    finish.get('c')?.();
    await Promise.all([results[0], results[2]]);
    finish.get('d')?.();
    expect(await Promise.all(results)).toEqual(['a', 'b failed', 'c', 'd']);
    expect(await turns.take('somebody', async () => 'later')).toBe('later');
  });

  it('go from one asker to the next, however many one has asked for', async () => {
    const turns = new Turns(1);
    const order: string[] = [];
    const ask = (asker: string, name: string): Promise<void> =>
      turns.take(asker, async () => {
        order.push(name);
      });
    const flood = Array.from({ length: 1_000 }, (_, n) => ask('flood', `flood ${n}`));
    await Promise.all([...flood, ask('ann', 'ann 1'), ask('ann', 'ann 2'), ask('bob', 'bob 1')]);
    expect(order.slice(0, 7)).toEqual(['flood 0', 'flood 1', 'ann 1', 'bob 1', 'flood 2', 'ann 2', 'flood 3']);
    expect(order).toHaveLength(1_003);
  });
});
