import { KnownCodes } from './known-codes.ts';

describe('an error code as a label', () => {
  it('stands for itself', () => {
    expect(new KnownCodes().labelFor('validation_error')).toBe('validation_error');
  });

  it.each(['', 'the user john@example.com is unknown', 'x'.repeat(65), '42'])(
    'is "other" when it looks like no code: %j',
    (code) => {
      expect(new KnownCodes().labelFor(code)).toBe('other');
    },
  );

  it('is "other" when there are too many of them, and those known by then stay', () => {
    const codes = new KnownCodes();
    for (let n = 0; n < 100; n++) expect(codes.labelFor(`code_${n}`)).toBe(`code_${n}`);
    expect(codes.labelFor('code_100')).toBe('other');
    expect(codes.labelFor('code_7')).toBe('code_7');
  });
});
