import {
  createKafka,
  encodeEvent,
  encodeOutcome,
  ensureTopics,
  LogWriter,
  PartitionReader,
  readOutcomes,
  topicBounds,
  topicsOf,
  topicSpecs,
  UndecodableRecords,
} from '#event-log';
import { Kafka, logLevel } from 'kafkajs';
import { waitFor } from '../../tools/stack/lib/wait-for.mjs';

const DAY_MS = 86_400_000;
const SOURCE = 'default';
/** Appends under way at one time: enough for full requests, little enough for the memory of a run with millions of events. */
const AT_ONCE = 1_200;
/** Bytes after which a broker makes an entry in a partition's index (`index.interval.bytes`), and a few more. */
const INDEXED_EVERY = 5_000;
const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

/** The topics of one source under a prefix of their own, on the broker of the run. */
export class TopicSet {
  static async create({ brokers, prefix, partitions }) {
    const kafka = createKafka({ brokers: [brokers], clientId: 'bench', ssl: false }, QUIET);
    const options = { prefix, partitions, replication: 1, eventsRetentionMs: 30 * DAY_MS, dedupWindowMs: 30 * DAY_MS };
    // A busy broker may not know its new topics yet when kafkajs asks for their leaders; the second call finds them made.
    await waitFor(
      () => ensureTopics(kafka, topicSpecs(options, { id: SOURCE, afterDeletion: 'accept' }), QUIET).then(() => true),
      {
        timeoutMs: 60_000,
        describe: 'the topics to be made',
      },
    );
    const topics = new TopicSet(kafka, brokers, prefix, partitions);
    await topics.warmUp();
    return topics;
  }

  constructor(kafka, brokers, prefix, partitions) {
    this.kafka = kafka;
    this.brokers = brokers;
    this.prefix = prefix;
    this.partitions = partitions;
    this.names = topicsOf(prefix, SOURCE);
    this.source = SOURCE;
  }

  /**
   * The first appends to a new partition take a broker some 20 ms each (it makes its files safe, and its index), which with 64 partitions is over a second in
   * which no outcome is acknowledged. Topics live for years: the benchmark's are to be like those that have been written to.
   */
  async warmUp() {
    const partitions = Array.from({ length: this.partitions }, (_, partition) => partition);
    const record = { key: 'warm-up', value: Buffer.alloc(INDEXED_EVERY), headers: {} };
    for (let time = 0; time < 3; time++)
      await this.append(partitions, (partition, writer) => writer.append(this.names.outcomes, record, partition));
  }

  /** Writes `events` as ingest does; returns how many records there are then, and how many different messages. */
  async write(events) {
    const messages = new Set();
    await this.append(events, async (event, writer) => {
      messages.add(event.messageId);
      await writer.append(this.names.events, encodeEvent(event, event.userId));
    });
    // The log's word: a request whose answer was late is repeated, and its records are there twice.
    const bounds = await topicBounds(this.kafka, this.names.events);
    return { total: bounds.reduce((sum, { start, end }) => sum + end - start, 0), messages: messages.size };
  }

  /** Writes events and, for each, the outcome that `outcomeOf(event, position)` makes. */
  async writeDelivered(events, outcomeOf) {
    await this.append(events, async (event, writer) => {
      const position = await writer.append(this.names.events, encodeEvent(event, event.userId));
      await writer.append(this.names.outcomes, encodeOutcome(outcomeOf(event, position)), position.partition);
    });
  }

  async append(items, appendOne) {
    const writer = new LogWriter({ kafka: this.kafka, log: QUIET, deadlineMs: 120_000, maxQueuedBytes: 512 * 1024 ** 2 });
    await writer.connect();
    let pending = [];
    for (const item of items) {
      pending.push(appendOne(item, writer));
      if (pending.length < AT_ONCE) continue;
      await Promise.all(pending);
      pending = [];
    }
    await Promise.all(pending);
    await writer.close();
  }

  /** How many records have which outcome; a record counts once, by its last one. */
  async outcomes() {
    const reader = new PartitionReader({ kafka: this.kafka, log: QUIET });
    const undecodable = new UndecodableRecords(QUIET);
    const counts = {};
    for (let partition = 0; partition < this.partitions; partition++) {
      const byOffset = new Map();
      await readOutcomes({ reader, undecodable }, { topics: this.names, partition }, 0, ({ position, outcome }) =>
        byOffset.set(position.offset, outcome),
      );
      for (const outcome of byOffset.values()) counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    await reader.close();
    return counts;
  }

  /** Moves a group to the end of the events, so that what is there counts as done. */
  async commitEnds(group) {
    await this.asAdmin(async (admin) => {
      const ends = await admin.fetchTopicOffsets(this.names.events);
      const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }));
      await admin.setOffsets({ groupId: group, topic: this.names.events, partitions });
    });
  }

  /** What the log's own client has no need of. */
  async asAdmin(work) {
    const admin = new Kafka({ clientId: 'bench', brokers: [this.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      await work(admin);
    } finally {
      await admin.disconnect();
    }
  }

  /** A broker slows down with every topic that is left behind. */
  async delete() {
    await this.asAdmin((admin) => admin.deleteTopics({ topics: Object.values(this.names) }));
  }
}
