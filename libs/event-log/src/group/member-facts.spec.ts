import { parseFacts } from './member-facts.ts';

const owned = [{ topic: 'segment.events.default', partition: 3 }];

const said = (facts: unknown): ReturnType<typeof parseFacts> => parseFacts(Buffer.from(JSON.stringify(facts)));

describe('what a member of the group says about itself', () => {
  it('is its name, what it owns, and where its admin port is', () => {
    expect(said({ name: 'a', owned, url: 'http://a:3200' })).toEqual({ name: 'a', owned, url: 'http://a:3200' });
  });

  it('may be less or more, during an update: an older version has no URL, a newer one may say what we do not know', () => {
    expect(said({ name: 'a', owned })).toEqual({ name: 'a', owned });
    expect(said({ name: 'a', owned, url: 7, zone: 'b' })).toEqual({ name: 'a', owned });
  });

  it('is without a place that is none', () => {
    expect(said({ name: 'a', owned: [null, ...owned, { topic: 7, partition: 0 }, 'x'] })).toEqual({ name: 'a', owned });
  });

  it('is nothing where it is another program’s', () => {
    for (const facts of [{}, { name: 'a' }, { owned }, [], null, 'a']) expect(said(facts)).toBeUndefined();
    expect(parseFacts(Buffer.from('{"name'))).toBeUndefined();
    expect(parseFacts(Buffer.alloc(0))).toBeUndefined();
    expect(parseFacts(undefined)).toBeUndefined();
  });
});
