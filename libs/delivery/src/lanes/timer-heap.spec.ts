import fc from 'fast-check';
import { TimerHeap } from './timer-heap.ts';

describe('TimerHeap', () => {
  it('gives what is due, earliest first, as a sorted list would', () => {
    const step = fc.oneof(
      { weight: 2, arbitrary: fc.record({ at: fc.nat(100) }) },
      { weight: 1, arbitrary: fc.record({ takeAt: fc.nat(120) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const heap = new TimerHeap<number>();
        let model: number[] = [];
        for (const action of steps) {
          if ('at' in action) {
            heap.add(action.at, action.at);
            model = [...model, action.at].sort((a, b) => a - b);
          } else {
            const isDue = (model[0] ?? Infinity) <= action.takeAt;
            expect(heap.takeDue(action.takeAt)).toBe(isDue ? model.shift() : undefined);
          }
          expect([heap.size, heap.nextAt]).toEqual([model.length, model[0]]);
        }
      }),
    );
  });
});
