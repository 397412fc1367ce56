import { emptyForm, wishOf } from './replay-form.ts';

describe('what the form of a replay asks for', () => {
  it('is nothing that was left empty', () => {
    expect(wishOf(emptyForm('shop'))).toEqual({ source: 'shop' });
    expect(wishOf({ ...emptyForm('shop'), user: '  ', fromTime: ' 6h ' })).toEqual({ source: 'shop', fromTime: '6h' });
  });

  it('is all that was given', () => {
    const form = {
      ...emptyForm('shop'),
      all: true,
      partitions: '0, 2',
      outcome: 'dead-lettered',
      code: 'x',
      rate: '50',
    } as const;
    expect(wishOf({ ...form, redeliver: true, type: 'track' })).toEqual({
      source: 'shop',
      all: true,
      partitions: [0, 2],
      type: 'track',
      outcome: 'dead-lettered',
      code: 'x',
      redeliver: true,
      rate: 50,
    });
  });
});
