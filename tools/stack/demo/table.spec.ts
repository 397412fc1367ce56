import { NO_BREAK, renderRows, wrap } from './table.mjs';

const header = { left: 'SENT', right: 'RECEIVED', last: 'OUTCOME' };
const row = { left: `identify ${'x'.repeat(70)}`, right: 'one two three '.repeat(12).trimEnd(), last: 'delivered' };

describe('the table of the demo', () => {
  it.each([30, 60, 89, 90, 120, 160])('fits a terminal of %i columns and loses nothing', (width) => {
    const lines = renderRows(header, [row], width);

    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    const shown = lines.join(' ');
    expect(shown.match(/three/g)).toHaveLength(12);
    expect(shown.match(/x+/g)?.join('')).toHaveLength(70);
    for (const word of ['SENT', 'RECEIVED', 'OUTCOME', 'delivered']) expect(shown).toContain(word);
  });

  it('has its columns side by side where there is room, and one below the other where there is none', () => {
    const short = { left: 'a', right: 'b', last: 'c' };

    expect(renderRows(header, [short], 100)).toHaveLength(2);
    expect(renderRows(header, [short], 60).map((line) => line.trim().split(/ +/))).toEqual([
      ['SENT', 'a'],
      ['RECEIVED', 'b'],
      ['OUTCOME', 'c'],
    ]);
  });

  it('breaks lines at blanks, and a word only where it is longer than a line', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(wrap('', 4)).toEqual(['']);
    expect(wrap(`is age:${NO_BREAK}25, so`, 8)).toEqual(['is', 'age: 25,', 'so']);
    expect(wrap(`age:${NO_BREAK}twenty-five`, 11)).toEqual(['age:', 'twenty-five']);
  });
});
