import { deletionIdOf, parseDeletionId } from './deletion-id.ts';
import { toOffset } from './position.ts';

describe('a deletion id', () => {
  it('tells the place of its tombstone', () => {
    const ref = { source: 'shop-2', position: { partition: 11, offset: toOffset(123_456) } };
    expect(parseDeletionId(deletionIdOf(ref))).toEqual(ref);
  });

  it.each([
    '',
    'del_',
    'del_!!',
    'x',
    `del_${Buffer.from('shop:1').toString('base64url')}`,
    `del_${Buffer.from('Shop:1:2').toString('base64url')}`,
  ])('is not %j', (id) => {
    expect(parseDeletionId(id)).toBeUndefined();
  });
});
