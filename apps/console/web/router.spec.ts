import { hrefOf, parseRoute, type Route } from './router.ts';

const subject = 'a'.repeat(32);

describe('an address of the page', () => {
  it.each<Route>([
    { view: 'overview' },
    { view: 'overview', source: 'shop' },
    { view: 'find' },
    { view: 'timeline', source: 'shop', subject },
    { view: 'timeline', source: 'shop', subject, place: { partition: 3, offset: 120 } },
    { view: 'dead-letters' },
    { view: 'replays' },
    { view: 'replays', run: { source: 'shop', id: 'r-1' } },
    { view: 'deletions' },
    { view: 'deletions', id: 'del_c2hvcDoxOjI' },
    { view: 'playground' },
    { view: 'audit' },
  ])('leads back to what it was made of: %j', (route) => {
    expect(parseRoute(hrefOf(route))).toEqual(route);
  });

  it('is nowhere if nobody made it', () => {
    expect(parseRoute('#/no-such-view')).toEqual({ view: 'nowhere' });
    expect(parseRoute('#/%E0%A4%A')).toEqual({ view: 'nowhere' });
  });

  it('takes a malformed event for none', () => {
    expect(parseRoute(`#/find/shop/${subject}/x`)).toEqual({ view: 'timeline', source: 'shop', subject });
  });
});
