import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestStack } from '../../support/test-stack.ts';

const FOLDER = join(import.meta.dirname, '../../../.cache/chaos-logs');

/** Keeps what ingest and the forwarders have said so far, and say of themselves now, in `.cache/chaos-logs/<name>.<app>.log`: a long stop is explained there. */
export async function keepLogs({ ingest, forwarders }: TestStack, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const base = join(FOLDER, name.replaceAll(/\W+/g, '-'));
  writeFileSync(`${base}.ingest.log`, `${ingest.output}\n`);
  for (const [index, forwarder] of forwarders.entries()) {
    const status = forwarder.isRunning ? (await forwarder.ask('/status')).text : 'ended';
    writeFileSync(`${base}.forwarder-${index}.log`, `${forwarder.output}\n${status}\n`);
  }
}
