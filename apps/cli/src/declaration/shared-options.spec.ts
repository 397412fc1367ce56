import type { ReadOption } from './options.ts';
import { readPartitions, readPositions, readRate, readTime } from './shared-options.ts';

function misuse(message: string): never {
  throw new Error(message);
}

/** What an option comes to that is given once for each text. */
function valueOf(read: ReadOption, ...texts: readonly string[]): unknown {
  return texts.reduce<unknown>((before, text) => read(text, misuse, before as never), undefined);
}

describe('the text of an option', () => {
  it('becomes a list where the option may be given several times', () => {
    expect(valueOf(readPartitions, '0', '3')).toEqual([0, 3]);
    expect(valueOf(readPositions, '0:7', '3:1200')).toEqual([
      { partition: 0, offset: 7 },
      { partition: 3, offset: 1200 },
    ]);
  });

  it.each([
    [readPositions, ['3:1200', '3:1300'], 'partition 3 is named twice'],
    [readPositions, ['1200'], "'1200' is no position: give partition:offset, as 3:1200"],
    [readPartitions, ['x'], "'x' is no partition: give its number"],
    [readRate, ['0'], "'0' is no rate: give a number above 0"],
    [readTime, ['6q'], /^'6q' is no time: give ISO 8601/],
  ])('that makes no sense is named with what was expected', (read, texts, message) => {
    expect(() => valueOf(read, ...texts)).toThrow(message);
  });
});
