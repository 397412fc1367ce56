import type { LogRecord } from '#delivery';
import { toOffset, type SubjectKey } from '#segment';
import type { RawRecord } from './raw-record.ts';

/**
 * What stands for a record of the events topic that cannot be understood: it goes the way of an event that can't be delivered, and ends
 * as a dead letter that points at it.
 */
export function standInFor(message: RawRecord): LogRecord {
  const subject = (message.key?.toString() ?? '') as SubjectKey;
  return { offset: toOffset(message.offset), subject, type: 'track', value: null, messageId: '', receivedAt: '' };
}
