import fc from 'fast-check';
import { firstElementText } from './first-element.ts';

describe('the first element of a JSON array', () => {
  it('is the text as it stands there, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.json(), { minLength: 1, maxLength: 3 }), fc.constantFrom('', ' ', '\n'), (texts, space) => {
        const array = `${space}[${space}${texts.join(`${space},${space}`)}${space}]`;
        expect(firstElementText(array)).toBe(texts[0]?.trim());
      }),
    );
  });

  it('is absent in an empty array', () => {
    expect(firstElementText('[ ]')).toBeUndefined();
  });
});
