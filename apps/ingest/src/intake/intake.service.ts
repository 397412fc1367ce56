import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { IngestSettings } from '#config';
import { encodeDeletionNotice, encodeEvent, encodeTombstone, sizeOf, topicsOf } from '#event-log';
import type { Logger } from '#observability';
import {
  deletionIdOf,
  SubjectHasher,
  type AcceptedMessage,
  type Deletion,
  type RejectedMessage,
  type RejectReason,
  type UnsupportedMessage,
} from '#segment';
import { Overload } from '../http/overload.ts';
import { LOGGER, RECORD_APPENDER, SETTINGS } from '../tokens.ts';
import { IntakeMetrics } from './intake-metrics.ts';
import { KeyRates } from './key-rates.ts';
import type { Origin } from './origin.ts';
import { QueueShares } from './queue-shares.ts';
import type { RecordAppender } from './record-appender.ts';

export type EventMessage = AcceptedMessage | RejectedMessage | UnsupportedMessage;

/** The one way from the doors into the log. */
@Injectable()
export class IntakeService {
  private readonly rates: KeyRates;
  private readonly shares: QueueShares;

  constructor(
    @Inject(SETTINGS) private readonly settings: IngestSettings,
    @Inject(RECORD_APPENDER) private readonly log: RecordAppender,
    @Inject(IntakeMetrics) private readonly metrics: IntakeMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.rates = new KeyRates(settings.rateLimit);
    this.shares = new QueueShares(settings.logQueueBytes);
  }

  /**
   * Takes the messages of one request. Resolves when the log has acknowledged every accepted one (P1); refused and unsupported ones
   * are counted.
   *
   * @throws LogUnavailableError if any of them was not acknowledged. The sender repeats them all then; dedup knows the repeats.
   * Overload if the key is above its rate, or has its share of the queue already.
   */
  async takeMessages(messages: readonly EventMessage[], origin: Origin): Promise<void> {
    this.pace(messages.length, origin);
    this.reportRejected(messages, origin);
    const topic = topicsOf(this.settings.topics.prefix, origin.source.id).events;
    const startedAt = performance.now();
    const accepted = messages.filter((message) => message.kind === 'accepted');
    const records = accepted.map(({ event, subject }) => encodeEvent(event, subject, origin.traceparent));
    const release = this.shares.take(
      origin.keyId,
      records.reduce((bytes, record) => bytes + sizeOf(record), 0),
    );
    if (release === undefined)
      throw new Overload('share_full', 'too many events of this key wait to be written: try again later', 1);
    for (const message of messages) if (message.kind === 'unsupported') this.metrics.countUnsupported(origin, message.type);
    // All appends are begun before any is awaited, in the order of the batch: that is the order of each user's events (P3).
    const appends = records.map((record) => this.log.append(topic, record));
    try {
      await Promise.all(appends);
    } catch (error) {
      const results = await Promise.allSettled(appends);
      this.countAccepted(
        accepted.filter((_, index) => results[index]?.status === 'fulfilled'),
        origin,
      );
      throw error;
    } finally {
      release();
    }
    this.countAccepted(accepted, origin);
    this.metrics.measureAppend(origin, (performance.now() - startedAt) / 1_000);
  }

  /**
   * Writes the tombstone into the user's order, then announces its place, so that it overtakes the backlog (P5). Resolves with the
   * deletion id when the log has acknowledged both.
   *
   * @throws LogUnavailableError if it has not. A repeat writes a second tombstone, which erases what is erased already.
   * Overload if the key is above its rate.
   */
  async takeDeletion({ userId, messageId = randomUUID() }: Deletion, origin: Origin): Promise<string> {
    this.pace(1, origin);
    const { source, traceparent } = origin;
    const topics = topicsOf(this.settings.topics.prefix, source.id);
    const requestedAt = new Date().toISOString();
    const tombstone = encodeTombstone({
      subject: userId,
      messageId,
      receivedAt: requestedAt,
      ...(traceparent === undefined ? {} : { traceparent }),
    });
    const { partition, offset } = await this.log.append(topics.events, tombstone);
    const position = { partition, offset };

    const deletionId = deletionIdOf({ source: source.id, position });
    const subject = new SubjectHasher(this.settings.subjectHashKey, source.id).subject(userId);
    const notice = encodeDeletionNotice({ subject, deletionId, ...position, requestedAt });
    await this.log.append(topics.deletions, notice, position.partition);
    this.metrics.countDeletion(origin);
    this.logger.info('deletion_accepted', { source: source.id, door: origin.door, deletionId, ...position });
    return deletionId;
  }

  private pace(events: number, origin: Origin): void {
    const seconds = this.rates.secondsToWait(origin.keyId, events, performance.now());
    if (seconds === 0) return;
    // Counted, not logged: whoever sends too much must not fill the log besides.
    this.metrics.countRateLimited(origin);
    throw new Overload('rate_limited', 'too many events with this key: try again later', seconds);
  }

  /** Counted by type and request, not one by one: a counter finds its series by its labels' text. */
  private countAccepted(accepted: readonly AcceptedMessage[], origin: Origin): void {
    const tracks = accepted.reduce((count, { event }) => count + (event.type === 'track' ? 1 : 0), 0);
    if (tracks > 0) this.metrics.countAccepted(origin, 'track', tracks);
    if (accepted.length > tracks) this.metrics.countAccepted(origin, 'identify', accepted.length - tracks);
  }

  /** One line per reason and request: 2,500 bad messages must not become 2,500 lines. */
  private reportRejected(messages: readonly EventMessage[], origin: Origin): void {
    const counts = new Map<RejectReason, number>();
    for (const message of messages) {
      if (message.kind === 'rejected') counts.set(message.reason, (counts.get(message.reason) ?? 0) + 1);
    }
    for (const [reason, count] of counts) {
      this.metrics.countRejected(origin, reason, count);
      this.logger.warn('messages_rejected', { source: origin.source.id, door: origin.door, reason, count });
    }
  }
}
