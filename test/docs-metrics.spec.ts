import { allPages, readPage } from './docs-pages.ts';

const known = new Set([...readPage('docs/metrics.md').text.matchAll(/^\| `(bridge_[a-z_]+)`/gm)].map(([, name = '']) => name));

it('the documents speak of no metric that there is not', () => {
  const spoken = allPages().flatMap(({ path, text }) =>
    [...text.matchAll(/\bbridge_[a-z_]+[a-z]\b/g)].map(([name]) => ({ path, name: name.replace(/_(bucket|sum|count)$/, '') })),
  );
  expect(spoken.filter(({ name }) => !known.has(name))).toEqual([]);
});
