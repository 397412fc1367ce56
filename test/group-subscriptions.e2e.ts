import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppProcess } from './support/app-process.ts';
import { jsonOf, runBridge } from './support/run-bridge.ts';
import { tempFolder } from './support/temp-folder.ts';
import { startStack } from './support/test-stack.ts';
import { waitFor } from './support/wait-for.ts';

const PARTITIONS = 4;
/** What SOURCES_FILE says instead. */
const SAID_PER_SOURCE = ['SEGMENT_WRITE_KEYS', 'DELETION_KEYS', 'SEGMENT_SHARED_SECRET', 'EXTOLE_ACCESS_TOKEN'];

describe('a rolling restart that adds a source', () => {
  it('gives its partitions to those that know it, whoever leads the group, and says what nobody owns meanwhile', async () => {
    const stack = await startStack({ partitions: PARTITIONS, forwarders: 0 });
    const folder = tempFolder('sources');
    const envOf = (...ids: string[]) => {
      const file = join(folder, `${ids.join('-')}.yaml`);
      const token = stack.env['EXTOLE_ACCESS_TOKEN'];
      const sources = ids.map(
        (id) =>
          `  - id: ${id}\n    writeKeys: [key-of-${id}]\n    extoleApiKeys: [partner-key-of-source-${id}]\n    extole: { accessToken: ${token} }\n`,
      );
      writeFileSync(file, `sources:\n${sources.join('')}`);
      return { SOURCES_FILE: file, ...Object.fromEntries(SAID_PER_SOURCE.map((name) => [name, ''])) };
    };
    /** How many partitions of a source a forwarder has. */
    const countOf = async (forwarder: AppProcess, id: string): Promise<number> => {
      const { sources } = JSON.parse((await forwarder.ask('/status')).text) as {
        sources: { source: string; partitions: unknown[] }[];
      };
      return sources.find(({ source }) => source === id)?.partitions.length ?? 0;
    };
    const unowned = async (): Promise<unknown> => {
      const { sources } = jsonOf(await runBridge({ env: { ...stack.env, ...envOf('a', 'b') } }, 'sources', '--json'));
      return (sources as { source: string; unowned: number[] }[]).map((one) => [one.source, one.unowned.length]);
    };

    // The one that was there first leads the group, and does not know the new source.
    const stateDir = join(folder, 'old');
    const old = await stack.startForwarder({ env: envOf('a'), stateDir });
    await waitFor(async () => (await countOf(old, 'a')) === PARTITIONS, { describe: 'the only forwarder to own everything' });
    expect(await unowned()).toEqual([
      ['a', 0],
      ['b', PARTITIONS],
    ]);

    const renewed = await stack.startForwarder({ env: envOf('a', 'b') });
    await waitFor(async () => (await countOf(renewed, 'b')) === PARTITIONS && (await countOf(renewed, 'a')) === PARTITIONS / 2, {
      timeoutMs: 30_000,
      describe: 'the one that knows it to own all of the new source, and half of the other',
    });
    expect(await countOf(old, 'a')).toBe(PARTITIONS / 2);
    expect(await unowned()).toEqual([
      ['a', 0],
      ['b', 0],
    ]);

    await old.terminate();
    const again = await stack.startForwarder({ env: envOf('a', 'b'), stateDir });
    await waitFor(
      async () => (await countOf(again, 'b')) === PARTITIONS / 2 && (await countOf(renewed, 'b')) === PARTITIONS / 2,
      {
        timeoutMs: 30_000,
        describe: 'both to own half of it',
      },
    );
  }, 120_000);
});
