import { app, shop } from '../testing/start-ingest.ts';
import { basicKey } from './basic-key.ts';
import { KeyRing } from './key-ring.ts';

const ring = new KeyRing([shop, app]);

describe('a key', () => {
  it.each([
    ['write-shop', 'write', shop],
    ['write-shop-next', 'write', shop],
    ['write-app', 'write', app],
    ['extole-app', 'extole', app],
    ['delete-shop', 'deletion', shop],
  ] as const)('%s opens the doors of its kind for its source', (key, kind, source) => {
    expect(ring.check(key, kind)).toMatchObject({ kind: 'permitted', sender: { source } });
  });

  it('opens no door of another kind', () => {
    expect(ring.check('write-shop', 'deletion')).toEqual({ kind: 'not-permitted' });
    expect(ring.check('delete-shop', 'write')).toEqual({ kind: 'not-permitted' });
  });

  it.each([undefined, '', 'write-sho', 'write-shop '])('that is not ours opens nothing: %j', (key) => {
    expect(ring.check(key, 'write')).toEqual({ kind: 'unknown' });
  });
});

describe('the key of a Basic header', () => {
  const encoded = (text: string): string => Buffer.from(text).toString('base64');

  it.each([
    [`Basic ${encoded('key:')}`, 'key'],
    [`basic  ${encoded('key:')}`, 'key'],
    [`Basic ${encoded('key:password')}`, 'key'],
    [`Basic ${encoded('key')}`, 'key'],
    [`Basic ${encoded(':')}`, undefined],
    ['Basic', undefined],
    ['Basic !!', undefined],
    [`Bearer ${encoded('key:')}`, undefined],
    [undefined, undefined],
  ])('of %j is %j', (header, key) => {
    expect(basicKey(header)).toBe(key);
  });
});
