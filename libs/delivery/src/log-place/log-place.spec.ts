import fc from 'fast-check';
import { toOffset } from '#segment';
import { placeOf, type LogPlace, type Witness } from './log-place.ts';

const bounds = { start: toOffset(100), end: toOffset(200) };

function record(offset: number, messageId = `m${offset}`): Witness {
  return { offset: toOffset(offset), messageId };
}

function place(next: number, witness?: Witness, standing = witness, missing = Math.max(0, 100 - next)): LogPlace {
  return placeOf({ bounds, next: toOffset(next), missing, witness, standing });
}

describe('where we stand in a log', () => {
  it.each([100, 150, 200])('is in the one that we know, at %d of 100 to 200', (next) => {
    expect(place(next)).toEqual({ kind: 'contiguous' });
    expect(place(next, record(199))).toEqual({ kind: 'contiguous' });
  });

  it('is before a hole where records are gone that were not done', () => {
    expect(place(60)).toEqual({ kind: 'hole', from: 60, to: 100, missing: 40 });
    expect(place(60, record(80), undefined, 3)).toEqual({ kind: 'hole', from: 60, to: 100, missing: 3 });
  });

  it('is in the log where all that is gone was done, and only the commit has not come so far', () => {
    expect(place(60, record(99), undefined, 0)).toEqual({ kind: 'contiguous' });
  });

  it('is behind the end of one that has lost its last records, by the group or by an outcome', () => {
    expect(place(201)).toEqual({ kind: 'shorter', end: 200, known: 201 });
    expect(place(150, record(230), undefined)).toEqual({ kind: 'shorter', end: 200, known: 231 });
  });

  it('is in another one where another record stands, or none', () => {
    expect(place(150, record(149), record(149, 'x'))).toEqual({ kind: 'another-log', offset: 149 });
    expect(place(150, record(149), record(151))).toEqual({ kind: 'another-log', offset: 149 });
    const nothing = { bounds, next: toOffset(150), missing: 0, witness: record(149), standing: undefined };
    expect(placeOf(nothing)).toEqual({ kind: 'another-log', offset: 149 });
    // Said before what is gone: an operator who accepts a hole must not accept another log with it.
    expect(place(60, record(149), record(149, 'x'))).toMatchObject({ kind: 'another-log' });
  });

  it('cannot be told by a record that nobody could read, or that retention has taken', () => {
    expect(place(150, record(149, ''), record(149, 'x'))).toEqual({ kind: 'contiguous' });
    expect(place(150, record(149), record(149, ''))).toEqual({ kind: 'contiguous' });
    expect(place(100, record(99), undefined, 0)).toEqual({ kind: 'contiguous' });
  });

  it('is never taken for the known one after a cut, however far it was filled again (P1)', () => {
    const figures = fc.record({ known: fc.nat(500), cut: fc.nat(500), refill: fc.nat(800) });
    fc.assert(
      fc.property(figures, ({ known, cut, refill }) => {
        const end = Math.min(cut, known) + refill;
        const present = (offset: number) => record(offset, offset < cut ? `old${offset}` : `new${offset}`);
        const witness = known === 0 ? undefined : record(known - 1, `old${known - 1}`);
        const standing = witness && witness.offset < end ? present(witness.offset) : undefined;
        const log = { start: toOffset(0), end: toOffset(end) };
        const { kind } = placeOf({ bounds: log, next: toOffset(known), missing: 0, witness, standing });
        expect(kind).toBe(cut >= known ? 'contiguous' : end < known ? 'shorter' : 'another-log');
      }),
    );
  });
});
