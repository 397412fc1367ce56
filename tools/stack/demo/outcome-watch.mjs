import { setTimeout as delay } from 'node:timers/promises';
import { StackError } from '../lib/errors.mjs';

const SOURCE = 'default';
const WAIT_MS = 200;
const LOOK_MS = 20;
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Follows the outcomes topic from its present end.
 *
 * `find(ids, timeoutMs, signal)` waits for the outcomes of `{messageId}` and `{deletionId}` and returns them in that order; undefined stands for one that did not come.
 */
export async function watchOutcomes(env) {
  // Not imported above: the libraries are built after this file is loaded.
  const [{ loadCommonSettings }, log, { parseDeletionId }] = await Promise.all([
    import('#config'),
    import('#event-log'),
    import('#segment'),
  ]);
  // Reading hashes and maps nothing.
  const notNeeded = { SUBJECT_HASH_KEY: 'not-needed-to-read', SUBJECT_HASH_KEY_FILE: '', MAPPING_FILE: '' };
  const settings = loadCommonSettings({ ...env, ...notNeeded });
  const kafka = log.createKafka(settings.kafka, SILENT);
  const { outcomes: topic } = log.topicsOf(settings.topics.prefix, SOURCE);
  let positions = await endOf(topic);
  const seen = [];
  const follower = new log.PartitionFollower({
    kafka,
    log: SILENT,
    positions: () => positions,
    read: take,
    failed: () => undefined,
    waitMs: { first: WAIT_MS, settled: WAIT_MS },
  });
  follower.start();

  return {
    async find(ids, timeoutMs, signal) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const found = ids.map((id) => seen.find(matcherOf(id)));
        if (!found.includes(undefined) || Date.now() > deadline) return found;
        await delay(LOOK_MS, undefined, { signal });
      }
    },
    close: () => follower.stop(),
  };

  async function endOf(topic) {
    try {
      const bounds = await log.topicBounds(kafka, topic);
      return bounds.map(({ partition, end }) => ({ topic, partition, offset: end }));
    } catch (error) {
      throw new StackError(
        `The topic ${topic} cannot be read at ${settings.kafka.brokers.join(', ')} (${error.message}). Run the demo with the settings that the stack was started with.`,
      );
    }
  }

  function take({ partition, batch }) {
    positions = positions.map((position) =>
      position.partition === partition ? { ...position, offset: batch.nextOffset } : position,
    );
    const outcomes = batch.records.map(log.decodeOutcome);
    seen.push(...outcomes.filter((outcome) => !log.isUndecodable(outcome)));
  }

  /** A deletion's id names the place of its tombstone, which is all that its outcome is known by. */
  function matcherOf({ messageId, deletionId }) {
    if (messageId !== undefined) return (outcome) => outcome.messageId === messageId;
    const { position } = parseDeletionId(deletionId);
    return (outcome) => outcome.position.partition === position.partition && outcome.position.offset === position.offset;
  }
}
