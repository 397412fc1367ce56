import { codeOf, readPage, sectionsOf, tableRows } from './docs-pages.ts';

const page = readPage('docs/scaling.md');
const section = (wanted: string) => sectionsOf(page, 2).find(({ title }) => title === wanted)!.page;

/** The example column of the table of inputs. */
const inputs = Object.fromEntries(
  tableRows(section('Inputs')).map(([name = '', , example = '']) => [
    codeOf(name),
    Number(/^[\d.,]+/.exec(example)?.[0].replaceAll(',', '')),
  ]),
) as Record<'L' | 'f' | 'g' | 'E' | 'O' | 'D' | 'W' | 'H' | 'K' | 'F' | 'r', number>;

/** The formulas of the page, as numbers, for a mean of `A` events a second. */
function figuresFor(A: number): Record<string, string> {
  const { L, f, g, E, O, D, W, H, K, F, r } = inputs;
  const DAY = 86_400;
  const R = 2 * A;
  const inFlight = R * L;
  const keys = A * DAY * W * 1.25 * K;
  const forwarders = Math.max(Math.ceil(R / f) + 1, Math.ceil(keys / 50e6));
  const tera = (bytes: number): string => `${(bytes / 1e12).toFixed(1)} TB`;
  const giga = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  const megaPerSecond = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB/s`;
  const whole = (count: number): string => Math.round(count).toLocaleString('en-US');
  return {
    'calls in flight at the peak': whole(inFlight),
    '`EXTOLE_MAX_CONCURRENCY`': whole(inFlight * 1.5),
    forwarders: whole(forwarders),
    ingests: whole(Math.ceil(R / g) + 1),
    partitions: whole(4 * forwarders),
    'events on disk, all replicas': tera(A * DAY * D * E * F),
    'outcomes on disk, all replicas': tera(A * DAY * H * O * F),
    'into the leaders, peak': megaPerSecond(R * (E + O)),
    'between brokers, peak': megaPerSecond(R * (E + O) * (F - 1)),
    'out to the forwarders, peak': megaPerSecond(R * E),
    'keys in the window': `${whole(keys / 1e6)} M`,
    'memory for them, from': giga(keys * 34),
    'memory for them, to': giga(keys * 69),
    'restore without checkpoints': `${whole((A * DAY * H) / (r * forwarders))} s`,
  };
}

describe('the table of docs/scaling.md', () => {
  const rows = tableRows(section('The table'));

  it.each([
    [1_000, 2],
    [10_000, 3],
    [100_000, 4],
  ])('is right for a mean of %d events a second', (A, column) => {
    expect(Object.fromEntries(rows.map((cells) => [cells[0], cells[column]]))).toEqual(figuresFor(A));
  });

  it('keeps outcomes for longer than the events that they are about', () => {
    expect(inputs.H).toBe(Math.max(inputs.W, inputs.D + 1));
  });

  it('fits what the sentences below it say', () => {
    const perGigabyte = 1e9 / (86_400 * 1.25 * 69);
    expect(page.text).toContain(`1 GB holds ${Math.floor(perGigabyte)}`);
    expect(page.text).toContain(`a mean of up to ${Math.floor(perGigabyte / 30)} events a second and GB`);
    const minutes = (60 * 1_000) / (inputs.f * 2 - 1_000);
    expect(page.text).toContain(`made up in ${Math.round(minutes)} minutes`);
  });
});
