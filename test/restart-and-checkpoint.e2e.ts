import { copyFileSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { AppProcess } from './support/app-process.ts';
import { callsFor, deliveryFaults, repeatsAmong } from './support/extole-calls.ts';
import { numberedEvents, sendInBatches, type NumberedEvent } from './support/numbered-events.ts';
import { countByOutcome, outcomeFaults, readBothTopics } from './support/outcome-facts.ts';
import { untilCalls, untilSettled } from './support/settled.ts';
import { tempFolder } from './support/temp-folder.ts';
import { startStack, type TestStack } from './support/test-stack.ts';

const PARTITIONS = 4;

describe('a restart of the forwarder', () => {
  let stack: TestStack;
  let stateDir: string;
  let forwarder: AppProcess;
  const delivered = numberedEvents({ total: 6_000, users: 300, prefix: 'restart' });

  beforeAll(async () => {
    stateDir = tempFolder('state');
    stack = await startStack({ partitions: PARTITIONS, forwarders: 0, env: { EXTOLE_MAX_CONCURRENCY: '32' } });
    forwarder = await stack.startForwarder({ stateDir });
  }, 60_000);

  /** Records that the start had to read back from the outcomes and deletions topics, over all partitions. */
  function recordsReadBack({ logs }: AppProcess): number {
    const restored = logs.filter(({ event }) => event === 'partition_restored');
    expect(restored).toHaveLength(PARTITIONS);
    return restored.reduce((sum, { count }) => sum + Number(count), 0);
  }

  function checkpointFiles(): string[] {
    return readdirSync(stateDir)
      .filter((name) => name.endsWith('.checkpoint'))
      .sort()
      .map((name) => join(stateDir, name));
  }

  /** Each event has taken effect, in the order of its user, and none was called twice. */
  async function expectEachCalledOnce(events: readonly NumberedEvent[]): Promise<void> {
    await untilSettled(stack);
    const ledger = await stack.extole.ledger();
    expect(deliveryFaults(events, ledger)).toEqual([]);
    expect(repeatsAmong(callsFor(events, ledger))).toHaveLength(0);
  }

  it('drains at SIGTERM: every call has its outcome, the exit code is 0, and the next start repeats nothing', async () => {
    await stack.extole.behaviour({ latencyMs: 10, jitterMs: 10 });
    await sendInBatches(stack.segment, delivered);
    await untilCalls(stack, 2_000);
    expect(await forwarder.terminate()).toEqual({ code: 0, signal: null });

    const called = callsFor(delivered, await stack.extole.ledger()).map(({ partnerEventId }) => partnerEventId);
    expect(called.length).toBeLessThan(delivered.length);
    // Another user of the machine reads none of it.
    expect(readdirSync(stateDir).filter((name) => (statSync(join(stateDir, name)).mode & 0o077) !== 0)).toEqual([]);
    const outcomes = await stack.readOutcomes();
    expect(outcomes.map(({ messageId }) => messageId).sort()).toEqual(called.sort());

    forwarder = await stack.startForwarder({ stateDir });
    await expectEachCalledOnce(delivered);
  }, 60_000);

  it('reads its checkpoints at the next start, and hardly anything of the topics', async () => {
    expect(await forwarder.terminate()).toEqual({ code: 0, signal: null });
    expect(checkpointFiles()).toHaveLength(PARTITIONS);
    forwarder = await stack.startForwarder({ stateDir });
    // What was acknowledged while the last checkpoint was being written, at most.
    expect(recordsReadBack(forwarder)).toBeLessThan(100);
  }, 60_000);

  it('knows again from its checkpoints alone what it has delivered', async () => {
    await sendInBatches(stack.segment, delivered.slice(0, 500));
    await expectEachCalledOnce(delivered);
    expect(countByOutcome((await readBothTopics(stack)).outcomes)).toEqual({ delivered: 6_000, duplicate: 500 });
  }, 60_000);

  it('rebuilds its state from the topics where checkpoints are torn, missing or foreign, and repeats nothing', async () => {
    expect(await forwarder.terminate()).toEqual({ code: 0, signal: null });
    const [torn = '', missing = '', foreign = '', good = ''] = checkpointFiles();
    truncateSync(torn, statSync(torn).size - 100);
    rmSync(missing);
    copyFileSync(good, foreign);

    forwarder = await stack.startForwarder({ stateDir });
    const reasons = forwarder.logs.filter(({ event }) => event === 'checkpoint_unusable').map(({ reason }) => reason);
    expect(reasons.sort()).toEqual(['foreign', 'torn']);
    expect(recordsReadBack(forwarder)).toBeGreaterThan(delivered.length / 2);

    await sendInBatches(stack.segment, delivered.slice(500, 1_000));
    const fresh = numberedEvents({ total: 300, users: 300, prefix: 'after-rebuild' });
    await sendInBatches(stack.segment, fresh);
    await expectEachCalledOnce([...delivered, ...fresh]);
    const topics = await readBothTopics(stack);
    expect(outcomeFaults(topics)).toEqual([]);
    expect(countByOutcome(topics.outcomes)).toEqual({ delivered: 6_300, duplicate: 1_000 });
  }, 60_000);
});
