import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '../../../..');
const page = readFileSync(join(HERE, 'README.md'), 'utf8');
/** The files that have a row in the table of reaches. */
const told = [...page.matchAll(/^\| `([a-z-]+\.ts)` \|/gm)].map(([, file]) => file).sort();

/** What no public face of kafkajs gives: its files, its symbols, and the prototypes that are reached by way of them. */
const REACH = /kafkajs\/src\/|getOwnPropertySymbols|\baroundGroup\(|connectionPool|brokerPool/;

describe("what is known here of kafkajs's inside", () => {
  it('is told on one page, each file that reaches there, and no other', () => {
    const reaching = readdirSync(HERE).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && REACH.test(readFileSync(join(HERE, file), 'utf8')),
    );
    expect(told).toEqual(reaching.sort());
  });

  it('is held by tests that exist', () => {
    const tests = [...page.matchAll(/`([\w/.-]+\.(?:e2e|chaos|spec)\.ts)`/g)].map(([, file = '']) => file);
    expect(tests.filter((file) => !existsSync(join(file.includes('/') ? ROOT : HERE, file)))).toEqual([]);
    expect(tests.length).toBeGreaterThan(5);
  });

  it('is true of the version that it was read in, and that one is pinned', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: object };
    const installed = createRequire(import.meta.url)('kafkajs/package.json') as { version: string };
    expect([dependencies, installed]).toMatchObject([{ kafkajs: '2.2.4' }, { version: '2.2.4' }]);
  });
});
