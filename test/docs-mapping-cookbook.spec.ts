import { parse } from 'yaml';
import { compileMapping, mapEvent } from '#mapping';
import { isSwitchedOff, parseMessage } from '#segment';
import { readPage, sectionsOf, type Page } from './docs-pages.ts';

const cases = sectionsOf(readPage('docs/mapping-cookbook.md'), 2).filter(({ title }) => /^\d+\. /.test(title));

/** The event of a case, as the partner door would take it, through its mapping. */
function mapped(page: Page) {
  const event = parseMessage(JSON.parse(fenced(page, 'json event') ?? ''), {
    source: 'default',
    receivedAt: Date.parse('2024-08-07T10:00:01.000Z'),
    casing: 'any',
    clock: 'segment',
    mayDelete: false,
  });
  if (event.kind !== 'accepted') throw new Error(`ingest would not take this event: ${event.kind}`);
  const mapping = fenced(page, 'yaml mapping');
  const result = mapEvent(compileMapping(mapping === undefined ? undefined : parse(mapping)), event.event);
  if (result.kind !== 'request' || isSwitchedOff(event.event.integrations)) throw new Error('this event is filtered');
  return result;
}

function fenced(page: Page, info: string): string | undefined {
  return page.fences.find((fence) => fence.info === info)?.text;
}

test('the cookbook has ten cases', () => {
  expect(cases.map(({ title }) => title.split('.')[0])).toEqual(Array.from({ length: 10 }, (_, index) => String(index + 1)));
});

describe.each(cases)('cookbook $title', ({ page }) => {
  it('shows the very request', () => {
    const { request } = mapped(page);
    // Laid out alike; the order of the fields counts, since the bytes do.
    expect(fenced(page, 'json request')).toBe(JSON.stringify(JSON.parse(request.body), undefined, 2));
  });

  it('says by what a repeat is known', () => {
    const { dedup } = mapped(page);
    const said = /^Known again by: `messageId`(?:, and `(?<field>[^`]+)` `(?<key>[^`]+)`)?\.$/m.exec(page.text)?.groups;
    expect(said).toBeDefined();
    expect(said?.['key']).toBe(dedup?.key);
    const { data } = JSON.parse(mapped(page).request.body) as { data: Record<string, unknown> };
    if (said?.['field'] !== undefined) expect(data[said['field']]).toBe(dedup?.key);
  });
});
