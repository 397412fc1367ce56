import fc from 'fast-check';
import { Fifo } from './fifo.ts';

describe('Fifo', () => {
  it('gives items in the order in which they came, also after some were removed', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ push: fc.nat(50) }) },
      { weight: 5, arbitrary: fc.constant('shift' as const) },
      { weight: 1, arbitrary: fc.record({ removeBelow: fc.nat(50) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
        const fifo = new Fifo<number>();
        let model: number[] = [];
        for (const action of steps) {
          if (action === 'shift') expect(fifo.shift()).toBe(model.shift());
          else if ('push' in action) {
            fifo.push(action.push);
            model.push(action.push);
          } else {
            const bound = action.removeBelow;
            expect(fifo.removeWhere((item) => item < bound)).toEqual(model.filter((item) => item < bound));
            model = model.filter((item) => item >= bound);
          }
          expect([fifo.length, fifo.peek()]).toEqual([model.length, model[0]]);
        }
      }),
    );
  });

  it('keeps a long queue in order while it is worked off', () => {
    const fifo = new Fifo<number>();
    for (let i = 0; i < 10_000; i++) fifo.push(i);
    for (let i = 0; i < 10_000; i++) if (fifo.shift() !== i) throw new Error(`lost ${i}`);
    expect(fifo.shift()).toBeUndefined();
  });
});
