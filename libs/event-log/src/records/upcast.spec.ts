import { inCurrentVersion, type Upcaster } from './upcast.ts';

const renamed: Upcaster = ({ result, ...rest }) => ({ ...rest, outcome: result });
const counted: Upcaster = (value) => ({ attempts: 1, ...value });

describe('a record of an older version', () => {
  it('is read as what it would be today, over every version in between', () => {
    const today = { schema: 3, outcome: 'delivered', attempts: 1 };
    expect(inCurrentVersion({ schema: 1, result: 'delivered' }, [renamed, counted])).toEqual(today);
    expect(inCurrentVersion({ schema: 2, outcome: 'delivered' }, [renamed, counted])).toEqual(today);
  });

  it('is left alone where it is of the current one', () => {
    const value = { schema: 3, result: 'a field that is new again', attempts: 2 };
    expect(inCurrentVersion(value, [renamed, counted])).toBe(value);
    expect(inCurrentVersion({ schema: 1, result: 'x' }, [])).toEqual({ schema: 1, result: 'x' });
  });

  it('is not guessed at where the version is a newer one, or none', () => {
    for (const schema of [4, 0, -1, 1.5, '1', null, undefined])
      expect(inCurrentVersion({ schema }, [renamed, counted])).toBeUndefined();
  });
});
