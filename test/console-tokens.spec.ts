import { readFileSync } from 'node:fs';

const css = readFileSync(new URL('../apps/console/web/styles/tokens.css', import.meta.url), 'utf8');

/** What the one block of the selector declares, in its order. */
function declarationsOf(selector: string): readonly string[] {
  const [, block, ...more] = css.split(`${selector} {`);
  if (block === undefined || more.length > 0) throw new Error(`tokens.css must hold one block of ${selector}`);
  return block
    .slice(0, block.indexOf('}'))
    .split(';')
    .map((declaration) => declaration.trim())
    .filter((declaration) => declaration !== '');
}

describe('the design tokens', () => {
  it('are the same in the dark whether the system or the reader has chosen it', () => {
    const bySystem = declarationsOf(":root:not([data-theme='light'])");
    const byReader = declarationsOf(":root[data-theme='dark']");
    expect(bySystem).toContain('color-scheme: dark');
    expect(byReader).toEqual(bySystem);
  });
});
